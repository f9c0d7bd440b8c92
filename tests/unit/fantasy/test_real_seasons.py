"""Measured facts of real PPR seasons: replacement levels, flex use, who was best."""

from datetime import date
from pathlib import Path
from statistics import mean

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.value import replacement, war
from ff_analytics.domains.fantasy.formulas.value.options import Basis, ValuationOptions
from ff_analytics.domains.fantasy.formulas.weeks.weeks import ranked, totals
from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.domains.fantasy.products.valuation.basis import Window, window
from ff_analytics.domains.fantasy.products.valuation.compute import position_table
from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation
from ff_analytics.domains.fantasy.products.valuation.product import ValuationParams, compute
from ff_analytics.engine.products.product import RunContext
from tests.unit.fantasy.toy import frames_of

pytestmark = pytest.mark.real_data
SEASONS = range(2015, 2020)


def ppr_season(folder: Path, season: int) -> pl.DataFrame:
    """The weekly mart's columns from the provider's own files and PPR points."""
    born = pl.read_parquet(folder / "nflverse/players/players.parquet").select(
        player_id="gsis_id", birth_date=pl.col("birth_date").str.to_date(strict=False)
    )
    file = folder / f"nflverse/stats_player/stats_player_week_{season}.parquet"
    touches = pl.sum_horizontal("attempts", "carries", "targets", "sacks_suffered")
    return (
        pl.read_parquet(file)
        .filter(
            pl.col("season_type") == "REG",
            pl.col("position").is_in(["QB", "RB", "FB", "WR", "TE"]),
            pl.col("player_id").is_not_null(),
        )
        .select(
            "player_id",
            "season",
            "week",
            "team",
            position=pl.col("position").replace({"FB": "RB"}),
            display_name="player_display_name",
            games_played=(touches > 0).cast(pl.Int32),
            fantasy_points="fantasy_points_ppr",
        )
        .join(born, on="player_id", how="left")
    )


@pytest.fixture(scope="module")
def weekly(real_data_dir: Path) -> pl.DataFrame:
    return pl.concat(ppr_season(real_data_dir, season) for season in SEASONS)


def view(weekly: pl.DataFrame, season: int) -> tuple[Window, pl.DataFrame]:
    span = window(weekly, season=season, basis=Basis.SEASON, trailing_weeks=1, last_week=17)
    return span, ranked(totals(span.weeks))


def test_flex_slots_go_to_backs_and_receivers(weekly: pl.DataFrame) -> None:
    league = load_profile("redraft_ppr")
    solved = [replacement.starters(view(weekly, season)[1], league) for season in SEASONS]
    # 2015-2025 on average: RB 4.9, WR 6.9, TE 0.2 of the twelve flex slots.
    assert mean(s["RB"] - 24 for s in solved) == pytest.approx(4.5, abs=1.5)
    assert mean(s["WR"] - 36 for s in solved) == pytest.approx(7.4, abs=1.5)
    assert mean(s["TE"] - 12 for s in solved) <= 1
    assert all(s["QB"] == 12 for s in solved)


def test_superflex_slots_go_to_quarterbacks(weekly: pl.DataFrame) -> None:
    league = load_profile("superflex_tep")
    solved = [replacement.starters(view(weekly, season)[1], league) for season in SEASONS]
    assert mean(s["QB"] - 12 for s in solved) == pytest.approx(11.8, abs=0.5)


def test_replacement_levels_and_a_starters_week_are_as_measured(weekly: pl.DataFrame) -> None:
    league = load_profile("redraft_ppr")
    tables = []
    for season in SEASONS:
        span, players = view(weekly, season)
        tables.append(position_table(players, span, league, ValuationOptions()))
    columns = ("replacement_points", "replacement_level", "slot_mean", "slot_sd", "war_spread")
    averages = {
        row[0]: row[1:]
        for row in pl.concat(tables).group_by("position").agg(pl.col(columns).mean()).iter_rows()
    }
    expected = {
        "QB": (272, 17.7, 20.1, 8.0),
        "RB": (156, 11.2, 15.9, 8.7),
        "WR": (155, 11.0, 15.3, 8.6),
        "TE": (147, 10.0, 12.7, 7.7),
    }
    for position, (points, level, center, sd) in expected.items():
        got = averages[position]
        assert got[0] == pytest.approx(points, rel=0.07)
        assert got[1] == pytest.approx(level, rel=0.10)
        assert got[2] == pytest.approx(center, rel=0.10)
        assert got[3] == pytest.approx(sd, rel=0.10)
        # Two teams of sigma 24, less the player's own slot.
        assert got[4] == pytest.approx((2 * 24.0**2 - sd**2) ** 0.5, rel=0.05)


def test_one_point_a_week_is_a_fifth_of_a_win(weekly: pl.DataFrame) -> None:
    span, players = view(weekly, 2019)
    table = position_table(players, span, load_profile("redraft_ppr"), ValuationOptions())
    level = players.join(table, on="position").filter(pl.col("position") == "RB")
    shifted = level.with_columns(replacement_level=pl.col("replacement_level") - 1)
    best, other = (war.add_war(f, span.weeks)["war"][0] for f in (level, shifted))
    assert other - best == pytest.approx(0.20 * 16 / 17, rel=0.1)


def test_2019_belongs_to_mccaffrey(weekly: pl.DataFrame) -> None:
    params = ValuationParams(league="redraft_ppr", season=2019)
    frame = compute(
        frames_of(params, weekly),
        params,
        RunContext(1, date(2020, 2, 1), "run"),
    )
    PlayerValuation.validate(frame)
    best = frame.sort("overall_rank").head(2)
    assert best["player_name"].to_list() == ["Christian McCaffrey", "Michael Thomas"]
    star = best.row(0, named=True)
    assert star["total_points"] == pytest.approx(471.2)
    assert star["age"] == pytest.approx(23.2, abs=0.1)
    assert star["auction_value"] == frame["auction_value"].max()
    assert star["war"] == frame["war"].max()
    assert star["ageing_value"] == frame["ageing_value"].max()
    assert frame["auction_value"].sum() == 2400


def test_a_past_season_can_be_valued(weekly: pl.DataFrame) -> None:
    params = ValuationParams(league="superflex_tep", season=2015)
    frame = compute(
        frames_of(params, weekly),
        params,
        RunContext(1, date(2026, 2, 1), "run"),
    )
    assert frame["season"].unique().to_list() == [2015]
    best = frame.sort("vor", descending=True)["player_name"].head(3)
    assert "Cam Newton" in best
