"""The whole valuation on a toy league, through the product's own door."""

import subprocess
import sys
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.value.options import Baseline, Basis
from ff_analytics.domains.fantasy.league.inputs import PROFILES
from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation
from ff_analytics.domains.fantasy.products.valuation.product import (
    PRODUCT,
    ValuationParams,
    compute,
)
from ff_analytics.engine.base.errors import BrokenInput, ConfigError
from ff_analytics.engine.products.product import RunContext
from tests.unit.fantasy.toy import NO_CONTRACTS, NO_MARKET, frames_of, week_rows

CONTEXT = RunContext(snapshot=7, snapshot_date=date(2021, 2, 1), run_id="run")
POSITIONS = {"QB": 60, "RB": 120, "WR": 140, "TE": 60, "LB": 90, "K": 40}


def season(year: int = 2020, seed: int = 1) -> pl.DataFrame:
    """A made-up season in which a player's mean falls with his number."""
    random = np.random.default_rng(seed)
    rows = []
    for position, count in POSITIONS.items():
        for number in range(count):
            points = random.gamma(3, 7 * 0.97**number, 17).round(2)
            played = random.random(17) < 0.9
            weeks = [float(p) if on else None for p, on in zip(points, played, strict=True)]
            born = None if number == 5 else date(1998 - number % 12, 3, 1)
            rows.append(
                week_rows(f"{position}-{number:03d}", position, weeks, season=year, born=born)
            )
    return pl.concat(rows)


SEASON = season()


def valued(weekly: pl.DataFrame = SEASON, **parameters: Any) -> pl.DataFrame:
    contracts = parameters.pop("contracts", NO_CONTRACTS)
    market = parameters.pop("market", NO_MARKET)
    params = ValuationParams(**parameters)
    frames = frames_of(params, weekly, contracts, market)
    return compute(frames, params, CONTEXT)


@pytest.mark.parametrize("league", ["dynasty_half_ppr", "redraft_ppr", "superflex_tep"])
@pytest.mark.parametrize("baseline", list(Baseline))
def test_every_league_and_baseline_meets_the_contract(league: str, baseline: Baseline) -> None:
    frame = valued(league=league, baseline=baseline)
    PlayerValuation.validate(frame)
    assert frame["baseline_method"].unique().to_list() == [baseline.value]
    at_baseline = frame.filter(pl.col("position_rank") == pl.col("replacement_rank"))
    assert at_baseline["vor"].abs().max() == 0
    assert at_baseline.height == frame["position"].n_unique()


def test_the_auction_spends_the_leagues_money_and_follows_vorp() -> None:
    frame = valued(league="redraft_ppr").sort("vorp", descending=True)
    assert frame["auction_value"].sum() == 12 * 200
    assert frame["auction_value"].is_sorted(descending=True)
    assert frame.filter(pl.col("auction_value") > 0).height == 12 * 16


def test_the_vorp_baseline_makes_vor_and_vorp_equal() -> None:
    frame = valued(baseline=Baseline.VORP)
    assert frame["vor"].to_list() == frame["vorp"].to_list()


def test_positions_without_a_slot_are_left_out() -> None:
    assert "LB" not in valued(league="redraft_ppr")["position"]
    assert "LB" in valued()["position"]


def test_row_order_changes_nothing() -> None:
    shuffled = SEASON.sample(fraction=1.0, shuffle=True, seed=3)
    assert valued(shuffled).sort("player_id").equals(valued().sort("player_id"))


def test_the_same_season_in_another_unit_of_points_keeps_ranks_dollars_and_tiers() -> None:
    bigger = SEASON.with_columns(pl.col("fantasy_points") * 8)
    same = ("player_id", "overall_rank", "auction_value", "tier", "tier_mixture", "war")
    left, right = (valued(f).select(same).sort("player_id") for f in (SEASON, bigger))
    assert left.drop("war").equals(right.drop("war"))
    assert left["war"].to_list() == pytest.approx(right["war"].to_list(), abs=1e-5)


def test_superflex_lifts_quarterbacks() -> None:
    def quarterbacks(league: str) -> pl.DataFrame:
        return valued(league=league).filter(pl.col("position") == "QB")

    one, two = quarterbacks("redraft_ppr"), quarterbacks("superflex_tep")
    assert two["replacement_rank"][0] > one["replacement_rank"][0]
    assert two["vor"].max() > one["vor"].max()


def test_parameters_are_recorded() -> None:
    both = pl.concat([season(2019, 2), SEASON])
    frame = valued(both, season=2019)
    assert frame.select("season", "basis", "league").unique().rows() == [
        (2019, "season", "dynasty_half_ppr")
    ]
    trailing = valued(both, basis=Basis.TRAILING, trailing_weeks=20)
    assert trailing["basis"].unique().to_list() == ["trailing_20"]
    assert trailing["games"].max() > 17
    stamp = frame.select("snapshot_date", "input_snapshot_id").unique().row(0)
    assert stamp == (date(2021, 2, 1), 7)


def test_contract_and_market_columns_are_filled_where_known() -> None:
    best = pl.DataFrame({"player_id": ["QB-000"], "franchise": ["F001"], "salary": [40.0]})
    market = SEASON.select("player_id").unique(maintain_order=True).with_row_index("value")
    frame = valued(
        contracts=best.with_columns(season=pl.lit(2020, dtype=pl.Int32)),
        market=market.select(
            "player_id", pl.col("value").cast(pl.Float64), valued_on=pl.lit(date(2021, 1, 1))
        ),
    )
    star = frame.row(by_predicate=pl.col("player_id") == "QB-000", named=True)
    assert star["franchise"] == "F001"
    assert star["contract_efficiency_dollar_per_war"] == pytest.approx(40 / star["war"])
    assert frame.filter(pl.col("position") == "RB")["market_gap_z"].null_count() < 5
    assert frame.filter(pl.col("franchise").is_null())["salary"].null_count() == frame.height - 1


def test_an_empty_or_unknown_season_is_one_clear_sentence() -> None:
    with pytest.raises(BrokenInput, match="no regular-season game"):
        valued(SEASON.clear())
    with pytest.raises(ConfigError, match="Seasons there: 2020"):
        valued(season=2011)
    with pytest.raises(BrokenInput, match="redraft_ppr starts"):
        valued(SEASON.filter(pl.col("position") == "LB"), league="redraft_ppr")


def test_a_position_without_players_is_skipped_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    valued(league="redraft_ppr")
    assert "redraft_ppr starts DST, but season 2020 has no such player" in caplog.text


def test_an_unknown_league_is_refused_with_the_parameters() -> None:
    with pytest.raises(ConfigError, match="There is no league 'nope'"):
        ValuationParams(league="nope")


def test_only_the_seasons_of_the_window_are_read() -> None:
    weekly = PRODUCT.inputs[0].where
    assert weekly
    fixed = weekly(ValuationParams(season=2019))
    assert fixed == (
        "league = ? AND season_type = 'REG' AND season = 2019",
        ["dynasty_half_ppr"],
    )
    long = weekly(ValuationParams(season=2019, basis=Basis.TRAILING, trailing_weeks=20))
    assert long[0].endswith("season BETWEEN 2019 - 2 AND 2019")
    for condition, values in (fixed, long, weekly(ValuationParams())):
        assert condition.count("?") == len(values)


def test_the_stored_profile_counts_not_todays_file() -> None:
    params = ValuationParams(league="redraft_ppr")
    stored = params.profile.model_copy(update={"budget": 100})
    frames = frames_of(params, SEASON)
    frames[PROFILES] = pl.DataFrame({"league": params.league, "json": stored.model_dump_json()})
    assert compute(frames, params, CONTEXT)["auction_value"].sum() == 12 * 100


def test_every_parameter_explains_itself() -> None:
    assert all(field.description for field in ValuationParams.model_fields.values())


def test_the_descriptor_is_light() -> None:
    code = (
        "import sys, ff_analytics.domains.fantasy.products.valuation.product; "
        "print([m for m in ('polars', 'duckdb', 'numpy', 'scipy', 'dataframely') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
