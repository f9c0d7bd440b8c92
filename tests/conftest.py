"""Fixtures shared by every layer: an own data folder per test, and the real files if present."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings, get_settings

# Tests here share one server, so they stay in one process when the suite runs in several.
WITH_A_SERVER = ("faults", "scale", "e2e", "integration/alerts", "integration/local")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which tests stay together in a process: those of a server, else those of a file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByServer(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            place = nodeid.split("::", 1)[0]
            return next((f for f in WITH_A_SERVER if place.startswith(f"tests/{f}/")), place)

    return ByServer(config, log)


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
