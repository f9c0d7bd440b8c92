"""The means and the state of one run, and the lock that keeps a second one out."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.domains.content.params import ContentParams
from ff_analytics.domains.content.plan.outcome import Outcome
from ff_analytics.domains.content.plan.profile import Profile, load_profile
from ff_analytics.domains.content.plan.services import Clock, Services
from ff_analytics.domains.content.trace import Trace
from ff_analytics.engine.base.errors import AlreadyRunning, FFError
from ff_analytics.engine.base.settings import Settings


@dataclass
class Run:
    """Means and state of one run."""

    params: ContentParams
    profile: Profile
    services: Services
    settings: Settings
    run_id: str
    clock: Clock
    started: datetime
    trace: Trace
    log: Callable[[str], None] = lambda line: None
    meta: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    client_errors: dict[str, FFError] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(ZoneInfo(self.profile.timezone)).date()


def open_run(
    params: ContentParams,
    services: Services,
    settings: Settings,
    run_id: str,
    clock: Clock | None = None,
) -> Run:
    """Raises `ConfigError` for a profile that is not there or not valid."""
    clock = clock or Clock()
    profile = load_profile(params.profile, settings)
    started = clock.now()
    folder = settings.data / "content" / f"{started:%Y%m%d-%H%M%S}-{run_id[:8]}"
    given = profile.source
    source = params.file or given.file or given.spreadsheet or given.clients_spreadsheet or ""
    trace = Trace(folder, started, run_id, params.mode, source)
    return Run(params, profile, services, settings, run_id, clock, started, trace)


@contextmanager
def only_one(run: Run) -> Iterator[None]:
    """Lock the project for writing. Raises `AlreadyRunning` at once."""
    if not run.params.writes:
        yield
        return
    what = f"{run.services.jira.url}\n{run.profile.jira.project}"
    name = hashlib.sha256(what.encode()).hexdigest()[:12]
    file = run.settings.data / "content" / f"{name}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(
            f"already_running: another run writes into {run.profile.jira.project} right now. "
            "Start again when it has ended."
        ) from None
    try:
        yield
    finally:
        lock.release()
