"""A small release served over a loopback port, and an ingest bound to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.release_server import ReleaseServer, serve
from tests.fakes.releases import write_release

Ingest = Callable[..., IngestionSummary]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReleaseServer]:
    """Seasons 2022 and 2023, players and schedules; retries without waiting."""
    folder = write_release(tmp_path / "release", 2022, 2023)
    with stamina.set_testing(True, attempts=2), serve(folder) as running:
        yield running


@pytest.fixture
def ingest(server: ReleaseServer, lake_settings: Settings) -> Ingest:
    """`ingest(*seasons, **options)` from the served release, by default without schedules."""

    def call(*seasons: int, **options: object) -> IngestionSummary:
        chosen = {"seasons": list(seasons or (2022, 2023)), "base_url": server.url}
        return run_ingest(
            "nflverse", chosen | {"include_schedules": False} | options, run_id="test"
        )

    return call


@pytest.fixture
def stored(lake_settings: Settings) -> Callable[..., list[tuple[object, ...]]]:
    """Rows of a query on the lake."""

    def query(sql: str) -> list[tuple[object, ...]]:
        return lake.read(sql).rows()

    return query
