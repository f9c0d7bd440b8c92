"""Runs: the last ones, those that failed, and what a failure means."""

import re
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from ff_analytics.app.mcp.answer import Access, Answer
from ff_analytics.app.web.prefect import Run, ServerState
from ff_analytics.engine.base import errors
from ff_analytics.engine.base.errors import ConfigError, FFError, LakeMissing, SourceUnavailable
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.read.tables import State, facts

_ROW = re.compile(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@cache
def _advice(file: Path) -> dict[str, tuple[str, str]]:
    """Meaning of a failure's kind and what to do, from the table of the operations guide."""
    try:
        text = _LINK.sub(r"\1", file.read_text(encoding="utf-8"))
    except OSError:
        text = ""
    found = {
        error.kind: ((error.__doc__ or "").splitlines()[0], "See the messages; run it again.")
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, FFError) and error.__doc__
    }
    return found | {kind: (meaning, todo) for kind, meaning, todo in _ROW.findall(text)}


def advice(settings: Settings, kind: str) -> tuple[str, str]:
    """Meaning of a failure's kind and what to do; of an unknown one what any failure needs."""
    unknown = ("An error that the platform does not know.", "Read the log lines; run ff doctor.")
    return _advice(settings.home / "docs" / "operations.md").get(kind, unknown)


def _state(access: Access) -> ServerState:
    state = access.server.state()
    if state.trouble:
        raise SourceUnavailable(
            f"{state.trouble} Start it with scripts/quickstart or `prefect server start`."
        )
    return state


def _line(access: Access, run: Run) -> dict[str, Any]:
    known = asdict(run) | {"message": access.cleaner.message(run.message)}
    return {name: value for name, value in known.items() if value not in (None, "")}


def _failed(state: ServerState, wanted: str) -> Run:
    if not state.failed:
        raise ConfigError("No run of the last 7 days failed. recent_runs lists the last ones.")
    if not wanted:
        return state.failed[0]
    for run in state.failed:
        if wanted in (run.id, run.name, run.deployment):
            return run
    names = ", ".join(dict.fromkeys(run.name for run in state.failed))
    raise ConfigError(f"No failed run of the last 7 days is called {wanted[:60]!r}: {names}.")


def _about_lake(access: Access, product: str) -> dict[str, Any]:
    """Late tables, and the checks that a product's latest run did not pass."""
    try:
        at = access.reader()
    except LakeMissing as error:
        return {"lake": str(error)}
    with at.together():
        late = [
            {"table": f.table, "state": str(f.state), "what_to_do": f.what_to_do}
            for f in facts(at)
            if f.state in (State.OLD, State.STALE)
        ]
        checks: list[dict[str, Any]] = []
        if "ops.check_results" in at.tables():
            checks = at.ask(
                "SELECT check_name, subject, status, observed, expected, checked_at "
                "FROM ops.check_results WHERE product = $1 AND status IN ('warn', 'error') "
                "AND run_id = (SELECT max_by(run_id, checked_at) FROM ops.check_results "
                "WHERE product = $1) ORDER BY status, subject LIMIT 20",
                [product],
            ).to_dicts()
    return {"snapshot": at.snapshot, "late_tables": late, "checks_not_passed": checks}


class RunTools:
    """Those about runs."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """The tools."""
        return [self.recent_runs, self.explain_failure]

    def recent_runs(self) -> Answer:
        """The last and the next runs, those that failed within 7 days, and warnings."""
        state = _state(self._access)
        data = {
            "last": [_line(self._access, run) for run in state.last],
            "failed": [_line(self._access, run) for run in state.failed],
            "coming": [_line(self._access, run) for run in state.coming],
            "events": [asdict(alert) for alert in state.alerts],
        }
        return self._access.of_server(data)

    def explain_failure(
        self,
        run: Annotated[
            str, Field(description="Id or name of a run, or a deployment; empty = the newest.")
        ] = "",
    ) -> Answer:
        """Why a run failed: stage, kind, meaning, what to do, log lines, checks, late inputs."""
        state = _state(self._access)
        failed = _failed(state, run)
        # As `failure_line` writes it: stage, kind, first line.
        stage, _, rest = failed.message.partition(": ")
        kind, _, said = rest.partition(": ")
        if not said:
            stage, kind, said = "", "", failed.message
        crashed = failed.state == "crashed" and not kind
        meaning, todo = advice(self._access.settings, kind)
        if crashed:
            meaning = "The process of the run ended without a word: killed, or out of memory."
            todo = "Nothing is lost: run it again. If it happens again, look at memory and worker."
        data = {
            "run": _line(self._access, failed),
            "stage": stage,
            "kind": kind or failed.state,
            "first_line": self._access.cleaner.message(said),
            "meaning": meaning,
            "what_to_do": todo,
            "log": [
                self._access.cleaner.message(line)
                for line in self._access.server.errors_of(failed.id)
            ],
            "run_again": f"prefect deployment run '{failed.deployment}'",
        } | _about_lake(self._access, failed.deployment.rpartition("/")[2])
        return self._access.of_server(data)
