"""Who plays: enough of every kind, plausible people, and nobody real."""

from pathlib import Path

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator.names import FRANCHISES, TEAMS

from .conftest import League

REAL_TEAMS = (
    "ARI ATL BAL BUF CAR CHI CIN CLE DAL DEN DET GB GBP GNB HOU IND JAC JAX KAN KC KCC LA LAC LAR "
    "LV LVR MIA MIN NE NEP NO NOR NOS NWE NYG NYJ OAK PHI PIT SD SEA SF SFO STL TB TBB TEN WAS"
)


@pytest.mark.parametrize(
    ("positions", "least"),
    [
        ("QB", 45),
        ("RB", 110),
        ("FB", 6),
        ("WR", 160),
        ("TE", 80),
        ("K", 32),
        ("DE DT NT", 130),
        ("OLB ILB MLB LB", 130),
        ("CB FS SS S", 160),
    ],
)
def test_every_season_has_enough_players(league: League, positions: str, least: int) -> None:
    mine = league.weeks.filter(pl.col("position").is_in(positions.split()))
    counts = mine.group_by("season").agg(pl.col("player_id").n_unique())["player_id"]
    assert len(counts) == 6
    assert counts.min() >= least


def test_everybody_who_plays_is_in_the_players_file(league: League) -> None:
    assert set(league.weeks["player_id"]) <= set(league.players["gsis_id"])
    assert league.players["gsis_id"].str.contains(r"^SMP-\d{5}$").all()
    assert league.players["gsis_id"].is_unique().all()
    assert league.players["display_name"].is_unique().all()


def test_people_are_plausible(league: League) -> None:
    born = league.players["birth_date"].str.to_date()
    entry_age = league.players["rookie_season"] - born.dt.year()
    assert 20 <= entry_age.min() <= entry_age.max() <= 27
    drafted = league.players.filter(pl.col("draft_pick").is_not_null())
    assert drafted.select("draft_year", "draft_pick").is_duplicated().sum() == 0
    assert drafted["draft_pick"].max() <= 224
    assert ((drafted["draft_pick"] - 1) // 32 + 1).to_list() == drafted["draft_round"].to_list()
    assert drafted.height < league.players.height


def test_early_picks_are_better_bets(league: League, seasons: pl.DataFrame) -> None:
    picks = league.players.select("draft_pick", "position", player_id="gsis_id")
    backs = seasons.join(picks.filter(pl.col("position") == "WR"), on="player_id")
    early = backs.filter(pl.col("draft_pick") <= 32)["ppg"].mean()
    late = backs.filter(pl.col("draft_pick").fill_null(300) > 105)["ppg"].mean()
    assert early > 1.4 * late


def test_teams_and_franchises_are_invented(league: League) -> None:
    assert len(TEAMS) == 32
    assert len(set(FRANCHISES)) == 12
    assert not set(TEAMS) & set(REAL_TEAMS.split())
    assert set(league.weeks["team"]) == set(TEAMS)


@pytest.mark.real_data
def test_no_real_player_is_named(league: League, real_data_dir: Path) -> None:
    real = pl.read_parquet(real_data_dir / "nflverse/players/players.parquet")
    for column in ("display_name", "last_name", "short_name", "gsis_id"):
        assert not set(league.players[column]) & set(real[column].drop_nulls())
    assert not set(TEAMS) & set(real["latest_team"])
