"""Every test of this folder that takes `lake_settings` runs on each catalog and each storage."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import Settings, get_settings
from tests.fakes import object_store, postgres

_numbers = count(1)
PLACES = ("sqlite-local", "postgres-local", "sqlite-s3", "postgres-s3")


@pytest.fixture(scope="session")
def database() -> Iterator[postgres.Postgres]:
    """A Postgres for the whole session; skips, with the reason, where there is none."""
    with postgres.serve() as running:
        yield running


@pytest.fixture(scope="session")
def store() -> Iterator[object_store.ObjectStore]:
    """An S3-compatible store for the whole session."""
    with object_store.serve() as running:
        yield running


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Callable[[str], dict[str, str]]:
    """The environment of an empty lake on `<catalog>-<storage>`."""

    def environment(kind: str) -> dict[str, str]:
        name, env = f"lake{next(_numbers)}_{os.getpid()}", {}
        if kind.startswith("postgres"):
            server = request.getfixturevalue("database")
            server.create(name)
            env["FF_LAKE_CATALOG"] = f"postgres:{server.dsn(name)}"
        if kind.endswith("s3"):
            env |= request.getfixturevalue("store").environment
            env["FF_LAKE_DATA"] = f"s3://{object_store.BUCKET}/{name}/files"
        return env

    return environment


@pytest.fixture
def move_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[str], dict[str, str]]
) -> Iterator[Callable[[str], Settings]]:
    """Settings over an empty lake there, also of `get_settings()` and of child processes."""

    def moved(kind: str) -> Settings:
        for name, value in {"FF_DATA_DIR": str(tmp_path / "data"), **place(kind)}.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        return get_settings()

    yield moved
    get_settings.cache_clear()


@pytest.fixture(params=PLACES)
def lake_settings(request: pytest.FixtureRequest, move_to: Callable[[str], Settings]) -> Settings:
    """An empty lake: both catalogs, both storages."""
    return move_to(request.param)
