"""Both providers on loopback ports, a plan in them, and time that passes at once."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
import yaml

from ff_analytics.demo.providers.serving import serve
from ff_analytics.domains.content.access import clients
from ff_analytics.domains.content.params import parse_params
from ff_analytics.domains.content.plan.services import Clock, Services
from ff_analytics.domains.content.plan.state import open_run
from ff_analytics.domains.content.run import execute
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings, get_settings
from tests.fakes.google_workspace import GoogleWorkspace
from tests.fakes.jira import Jira

HEADER = ["ID", "Judul", "Tanggal Tayang", "Jenis Konten", "Deskripsi", "PIC"]


@dataclass
class VirtualClock(Clock):
    """Sleeping moves the hand and takes no time."""

    at: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sleep = self.advance

    async def advance(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.at


def plan(rows: int) -> list[list[Any]]:
    """A title, an empty row, the header, and so many rows with their own ids."""
    made = [
        [f"K{n}", f"Topik {n}", "12 Desember 2026", "reel", f"Baris {n}\n- satu", "Raka Wibisana"]
        for n in range(1, rows + 1)
    ]
    return [["Rencana Konten"], [], list(HEADER), *made]


def profile() -> dict[str, Any]:
    """The example that comes with the project, for one spreadsheet and the fake's accounts."""
    made: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "content/example.yaml").read_text())
    made["source"] = {"spreadsheet": "plan-1", "client": "Kopi Senja"}
    made["people"]["entries"] = {"Raka Wibisana": "acc-raka", "Sekar Puspita": "acc-sekar"}
    return made


@dataclass
class Content:
    """A world of its own: `run()` is one run on it."""

    google: GoogleWorkspace
    jira: Jira
    clock: VirtualClock
    folder: Path
    settings: Settings
    error: Exception | None = None

    @property
    def rows(self) -> list[list[Any]]:
        return self.google.sheets["plan-1"]["Sheet1"]

    def configure(self, **changes: Any) -> None:
        made = profile()
        for name, value in changes.items():
            inner = isinstance(made.get(name), dict) and name != "source"
            made[name] = {**made[name], **value} if inner else value
        (self.folder / "test.yaml").write_text(yaml.safe_dump(made))

    def run(self, **params: Any) -> dict[str, Any]:
        given = parse_params({"profile": "test", "validate_only": False} | params)
        services = Services(*clients(given))
        run = open_run(given, services, self.settings, f"run-{len(self.clock.slept)}", self.clock)
        result, self.error = asyncio.run(execute(run))
        assert sum(n for name, n in result["summary"].items() if name != "rows") == len(run.drafts)
        return result

    def counts(self, **params: Any) -> dict[str, int]:
        """Statuses of a run that are not zero."""
        summary = self.run(**params)["summary"]
        return {name: n for name, n in summary.items() if n and name != "rows"}


@pytest.fixture
def content(
    tmp_path: Path, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Content]:
    clock = VirtualClock()
    google, jira = GoogleWorkspace(), Jira(now=clock.now)
    google.sheets["plan-1"] = {"Sheet1": plan(3)}
    folder = tmp_path / "profiles"
    folder.mkdir()
    with ExitStack() as stack:
        stack.enter_context(stamina.set_testing(True, attempts=3, cap=True))
        at = stack.enter_context(serve(google.app(), google.faults))
        site = stack.enter_context(serve(jira.app(), jira.faults))
        for name, value in environment(at, site).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("FF_CONTENT_DIR", str(folder))
        get_settings.cache_clear()
        made = Content(google, jira, clock, folder, get_settings())
        made.configure()
        yield made


def environment(google: str, jira: str) -> dict[str, str]:
    """What a person sets, with the addresses of the stand-ins."""
    return {
        "JIRA_URL": jira,
        "JIRA_USERNAME": "bot@example.org",
        "JIRA_TOKEN": "jira-s3cret",
        "GOOGLE_CLIENT_ID": "client",
        "GOOGLE_CLIENT_SECRET": "client-s3cret",
        "GOOGLE_REFRESH_TOKEN": "refresh-s3cret",
        "GOOGLE_BASE_URL": google,
        "GOOGLE_DRIVE_URL": google,
        "GOOGLE_TOKEN_URL": f"{google}/token",
    }
