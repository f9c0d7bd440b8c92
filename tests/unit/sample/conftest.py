"""One sample league for all tests of this folder, and its frames as a reader sees them."""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator import SampleSummary, write_league


class League(NamedTuple):
    folder: Path
    summary: SampleSummary
    delivered: pl.DataFrame  # weekly rows as delivered, faults included
    weeks: pl.DataFrame  # one row per player and week
    players: pl.DataFrame
    games: pl.DataFrame
    rosters: pl.DataFrame
    contracts: pl.DataFrame
    market: pl.DataFrame


@pytest.fixture(scope="session")
def league(tmp_path_factory: pytest.TempPathFactory) -> League:
    folder = tmp_path_factory.mktemp("sample")
    summary = write_league(folder)
    delivered = pl.read_parquet(folder / "nflverse/stats_player/*.parquet")
    weeks = delivered.filter(pl.col("player_id").is_not_null())
    return League(
        folder,
        summary,
        delivered,
        weeks.unique(["player_id", "season", "week"], maintain_order=True),
        pl.read_parquet(folder / "nflverse/players/players.parquet"),
        pl.read_parquet(folder / "nflverse/schedules/games.parquet"),
        pl.read_csv(folder / "league/rosters.csv"),
        pl.read_csv(folder / "league/contracts.csv"),
        pl.read_csv(folder / "league/market_values.csv"),
    )


@pytest.fixture(scope="session")
def seasons(league: League) -> pl.DataFrame:
    """Player-seasons: games with an opportunity, PPR points per game, age in September."""
    chance = pl.sum_horizontal("attempts", "carries", "targets", "sacks_suffered") > 0
    kicked = pl.col("fg_att") + pl.col("pat_att") > 0
    born = pl.col("birth_date").str.to_date()
    age = pl.col("season") - born.dt.year() - (born.dt.month() >= 9).cast(pl.Int32)
    return (
        league.weeks.filter(pl.col("season_type") == "REG", chance | kicked)
        .group_by("player_id", "season")
        .agg(
            pl.col("position").first(),
            games=pl.len(),
            points=pl.col("fantasy_points_ppr").sum(),
            kicks=3 * pl.col("fg_made").sum() + pl.col("pat_made").sum(),
        )
        .join(league.players.select("birth_date", player_id="gsis_id"), on="player_id")
        .with_columns(age=age, ppg=pl.col("points") / pl.col("games"))
        .with_columns(
            rank=pl.col("points").rank("ordinal", descending=True).over("season", "position")
        )
    )
