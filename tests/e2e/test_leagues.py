"""Several leagues in one run: the same rows from threads, from dask, and league by league."""

import json

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from tests.e2e.conftest import Platform
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
# Their own per run; everything else must not depend on who computed it, or when.
OF_THE_RUN = ("input_snapshot_id", "run_id", "computed_at")


def valued(platform: Platform) -> pl.DataFrame:
    """The newest rows of every league in the mart."""
    rows = lake.read(
        "FROM analytics.mrt_player_valuation",
        settings=Settings(data_dir=platform.data),
    )
    return rows.drop(OF_THE_RUN, strict=False).sort("league", "player_id")


def test_leagues_side_by_side_are_the_leagues_one_by_one(sample: Platform) -> None:
    sample.run("analytics/valuation", league="redraft_ppr")
    alone = valued(sample).filter(pl.col("league") == "redraft_ppr")
    sample.run("leagues/valuation-all-leagues")
    by_threads = valued(sample)
    assert by_threads["league"].n_unique() == 3
    assert by_threads.filter(pl.col("league") == "redraft_ppr").equals(alone)
    others = json.dumps(["superflex_tep", "redraft_ppr", "dynasty_half_ppr"])
    sample.run("leagues/valuation-all-leagues", env={"FF_TASK_RUNNER": "dask"}, leagues=others)
    assert valued(sample).equals(by_threads)
    assert "task_runner.dask" in sample.last_run_log()


def test_a_league_that_fails_is_named(sample: Platform) -> None:
    run = sample.ended("leagues/valuation-all-leagues", season=1999)
    assert run["state_type"] == "FAILED"
    message = run["state"]["message"]
    assert message.endswith("(3 failed: redraft_ppr, superflex_tep, dynasty_half_ppr)")
    assert message.startswith("ingest-check: ")
