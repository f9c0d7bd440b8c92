"""Fixtures shared by every layer: an own data folder per test, and the real files if present."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings, get_settings

# A busy machine is no failure: examples have no time limit.
settings.register_profile("ff", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ff")

# Groups that stay in one process when the suite runs in several, because they share a server or
# a league, longest first. Every other file is a group of its own.
GROUPS = {
    "e2e": ("tests/e2e/",),
    "killed through the server": (
        "tests/faults/test_killed_by_stage",
        "tests/faults/test_operating",
        "tests/faults/test_recovery",
    ),
    "killed without a server": ("tests/faults/",),
    "alerts": ("tests/integration/alerts/",),
    "several machines": ("tests/scale/",),
    "runs": ("tests/integration/pipeline/test_runs",),
    "local": ("tests/integration/local/",),
}
FIRST = list(GROUPS)


def group(nodeid: str) -> str:
    """The group of a test: one of `GROUPS`, else its file."""
    place = nodeid.split("::", 1)[0]
    return next((name for name, starts in GROUPS.items() if place.startswith(starts)), place)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest groups first, so that all processes end at about the same time."""
    rank = {name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(group(item.nodeid), len(FIRST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole groups to the processes."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return ByGroup(config, log)


@pytest.fixture(scope="session", autouse=True)
def file_sources(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests, and the processes that they start, may read the files that they write."""
    folders = (tmp_path_factory.getbasetemp(), PROJECT_ROOT.parent / "shared" / "data")
    real = os.environ.get("FF_REAL_DATA_DIR", "")
    allowed = ",".join(filter(None, ("data", "examples", *map(str, folders), real)))
    os.environ.setdefault("FF_FILE_SOURCES", allowed)


@pytest.fixture
def lake_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings over an empty data folder, also seen by `get_settings()` and subprocesses."""
    monkeypatch.setenv("FF_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def real_data_dir() -> Path:
    """Folder with `nflverse/`; skips where it is absent."""
    folder = Path(os.environ.get("FF_REAL_DATA_DIR", PROJECT_ROOT.parent / "shared" / "data"))
    if not (folder / "nflverse").is_dir():
        pytest.skip(f"no real nflverse files at {folder}: set FF_REAL_DATA_DIR to their folder")
    return folder
