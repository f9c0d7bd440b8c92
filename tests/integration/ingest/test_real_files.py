"""All real seasons through a loopback server: counts, dtypes, the golden formula, no refetch."""

from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import run_ingest
from tests.fakes.release_server import serve

pytestmark = pytest.mark.real_data

SEASONS = list(range(1999, 2020))
PPR = (
    "0.04 * passing_yards + 4 * passing_tds - 2 * passing_interceptions + 0.1 * rushing_yards "
    "+ 6 * rushing_tds + receptions + 0.1 * receiving_yards + 6 * receiving_tds "
    "+ 2 * (passing_2pt_conversions + rushing_2pt_conversions + receiving_2pt_conversions) "
    "- 2 * (sack_fumbles_lost + rushing_fumbles_lost + receiving_fumbles_lost) "
    "+ 6 * special_teams_tds"
)


def test_every_season_loads_and_is_not_fetched_again(
    real_data_dir: Path, lake_settings: Settings
) -> None:
    # A release without schedules is fine.
    schedules = real_data_dir / "nflverse/schedules/games.parquet"
    games = pl.read_parquet(schedules).height if schedules.exists() else 0
    with serve(real_data_dir / "nflverse") as server:
        options = {"seasons": SEASONS, "base_url": server.url}
        first = run_ingest("nflverse", options)
        assert (first.totals["new"], first.totals["rejected"]) == (191_511 + 24_302 + games, 147)
        assert {p.rows_rejected for p in first.parts if p.part >= "2013"} == {21}
        server.journal.clear()
        again = run_ingest("nflverse", options)
    assert {request.status for request in server.journal} == ({304} if games else {304, 404})
    assert not again.changed
    found = lake.read(
        f"SELECT count(*) AS n, count(DISTINCT (season, week, player_id)) AS keys, "
        f"count(*) FILTER (abs(fantasy_points_ppr - ({PPR})) > 0.01) AS off, "
        "count(fantasy_points_ppr) AS scored FROM raw_nflverse.player_week"
    )
    assert found.row(0) == (191_511, 191_511, 0, 191_511)


def test_half_a_season_then_the_whole(
    real_data_dir: Path, lake_settings: Settings, tmp_path: Path
) -> None:
    """A season under way: what was loaded stays, what came since is new."""
    target = tmp_path / "stats_player" / "stats_player_week_2019.parquet"
    target.parent.mkdir()
    (tmp_path / "players").symlink_to(real_data_dir / "nflverse" / "players")
    whole = pl.read_parquet(real_data_dir / "nflverse" / "stats_player" / target.name)
    options = {"seasons": [2019], "base_url": tmp_path.as_uri()}
    whole.filter(pl.col("week") <= 8).write_parquet(target)
    early = run_ingest("nflverse", options).parts[0]
    whole.sample(fraction=1, shuffle=True, seed=1).write_parquet(target)
    late = run_ingest("nflverse", options).parts[0]
    assert 0 < early.rows_new == late.rows_unchanged
    assert (late.rows_updated, late.rows_deleted, late.total_rows) == (0, 0, 17_341)
