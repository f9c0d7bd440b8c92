"""Dynasty values of a small league: order, presets, contracts, market, picks, the contract."""

from datetime import date

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.dynasty_options import DynastyOptions
from ff_analytics.domains.fantasy.formulas.value.options import Outlook
from ff_analytics.domains.fantasy.products.dynasty_value.compute import Frames, value_assets
from ff_analytics.domains.fantasy.products.dynasty_value.contract import DynastyValue
from ff_analytics.engine.base.errors import BrokenInput
from tests.unit.fantasy.forecasts import BASE, forecast
from tests.unit.fantasy.toy import NO_CONTRACTS, NO_MARKET, league

SLOTS = {"QB": 1, "RB": 2, "BENCH": 2}
PROFILE = league(SLOTS, teams=2)
PLAYERS = pl.concat(
    [
        *(forecast(f"rb{n:02d}", ppg=18.0 - n) for n in range(14)),
        *(forecast(f"qb{n:02d}", "QB", ppg=22.0 - n, spread=1.5) for n in range(6)),
    ]
)


def valued(
    projections: pl.DataFrame = PLAYERS,
    contracts: pl.DataFrame = NO_CONTRACTS,
    market: pl.DataFrame = NO_MARKET,
    **options: object,
) -> pl.DataFrame:
    chosen = DynastyOptions.model_validate(options)
    return value_assets(Frames(projections, contracts, market), PROFILE, chosen)


def row(frame: pl.DataFrame, player: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("player_id") == player, named=True)


def number(frame: pl.DataFrame, player: str, column: str) -> float:
    return float(row(frame, player)[column])  # type: ignore[arg-type]


def contracts(**salary: float) -> pl.DataFrame:
    rows = [
        {"player_id": who, "franchise": "Ants", "season": BASE + year, "salary": float(dollars)}
        for who, dollars in salary.items()
        for year in (1, 2)
    ]
    return pl.DataFrame(rows, schema=NO_CONTRACTS.schema)


def market(factor: dict[str, float] | None = None) -> pl.DataFrame:
    """A market that sees our order, but for the players in `factor`."""
    plain = valued().filter(pl.col("asset_type") == "player")
    ids, values = plain["player_id"].to_list(), plain["dynasty_value"].to_list()
    listed = [40 * v * (factor or {}).get(i, 1.0) for i, v in zip(ids, values, strict=True)]
    return pl.DataFrame({"player_id": ids, "value": listed}).with_columns(
        valued_on=pl.lit(date(BASE + 1, 2, 15))
    )


def test_the_frame_meets_the_contract() -> None:
    frame = valued(contracts=contracts(rb00=20), market=market()).with_columns(
        snapshot_date=pl.lit(date(2026, 9, 1)), input_snapshot_id=pl.lit(1, dtype=pl.Int64)
    )
    checked = DynastyValue.validate(frame.select(DynastyValue.column_names()), cast=True)
    assert sorted(checked["overall_rank"]) == list(range(1, frame.height + 1))


def test_more_points_per_game_are_worth_more_and_nobody_is_worth_less_than_nothing() -> None:
    values = [number(valued(), f"rb{n:02d}", "dynasty_value") for n in range(14)]
    assert values == sorted(values, reverse=True)
    assert min(values) >= 0


def test_a_player_below_replacement_has_the_value_of_his_option() -> None:
    frame = valued()
    bench = row(frame, "rb06")
    assert bench["points_per_game"] < bench["replacement_level"]  # type: ignore[operator]
    assert number(frame, "rb06", "dynasty_value") > 0.5


def test_a_few_games_are_not_ranked_high() -> None:
    flash = forecast("flash", ppg=17.5, data_share=0.1)
    frame = valued(pl.concat([PLAYERS, flash]))
    assert number(frame, "flash", "credibility") == pytest.approx(0.2)
    # Less per game, but over a whole record.
    assert number(frame, "flash", "overall_rank") > number(frame, "rb01", "overall_rank")
    rookie = forecast("rookie", ppg=17.5, data_share=0.0, evidence="draft slot")
    full = valued(pl.concat([PLAYERS, rookie]))
    assert number(full, "rookie", "dynasty_value") == pytest.approx(
        5 * number(frame, "flash", "dynasty_value")
    )


def test_presets_part_the_young_from_the_old() -> None:
    young = forecast("young", ppg=13.0, fade=1.05, share=0.6)
    old = forecast("old", ppg=17.0, fade=0.8)
    frame = valued(pl.concat([PLAYERS, young, old]))
    gains = {
        who: number(frame, who, "value_rebuilder") / number(frame, who, "value_contender")
        for who in ("young", "old")
    }
    assert gains["young"] > gains["old"] > 1
    for who in ("young", "old"):
        assert number(frame, who, "dynasty_value") == number(frame, who, "value_balanced")


def test_the_outlook_chooses_score_and_rank() -> None:
    frame = valued(outlook=Outlook.REBUILDER)
    assert frame["dynasty_value_score"].to_list() == frame["score_rebuilder"].to_list()
    assert set(frame["outlook"]) == {"rebuilder"}


def test_a_cheap_contract_raises_the_score_and_a_free_agent_is_neutral() -> None:
    cheap, dear = (valued(contracts=contracts(rb02=salary, rb00=30)) for salary in (1, 60))
    free = valued(contracts=contracts(rb00=30))
    scores = [number(f, "rb02", "dynasty_value_score") for f in (dear, free, cheap)]
    assert scores == sorted(scores)
    assert row(free, "rb02")["economics_component"] is None
    assert row(cheap, "rb02")["franchise"] == "Ants"
    assert number(cheap, "rb02", "contract_surplus") > number(dear, "rb02", "contract_surplus")


def test_agreement_with_the_market_is_hold_and_disagreement_a_target() -> None:
    assert set(valued(market=market())["trade_band"].drop_nulls()) == {"HOLD"}
    frame = valued(market=market({"rb01": 0.1, "qb04": 60.0}))
    assert "BUY" in str(row(frame, "rb01")["trade_band"])
    assert "SELL" in str(row(frame, "qb04")["trade_band"])
    assert number(frame, "rb01", "market_delta") > 0


def test_no_market_or_one_of_another_time_leaves_the_columns_empty() -> None:
    for listed in (NO_MARKET, market().with_columns(valued_on=pl.lit(date(2015, 1, 1)))):
        frame = valued(market=listed)
        for column in ("trade_band", "market_gap_z", "market_value", "market_component"):
            assert frame[column].null_count() == frame.height


def test_picks_stand_among_the_players() -> None:
    frame = valued(pick_rounds=2, pick_seasons=2)
    picks = frame.filter(pl.col("asset_type") == "pick").sort("player_id")
    assert picks["player_id"].to_list() == [
        *("PICK-2026-1-01", "PICK-2026-1-02", "PICK-2026-2-01", "PICK-2026-2-02"),
        *("PICK-2027-1", "PICK-2027-2"),
    ]
    assert picks["dynasty_value"][:4].is_sorted(descending=True)
    assert picks["dynasty_value_score"].is_between(0, 10_000).all()
    assert valued(pick_rounds=0).filter(pl.col("asset_type") == "pick").is_empty()


def test_a_roster_spot_has_one_price_and_picks_fill_none() -> None:
    frame = valued()
    assert frame["roster_spot_cost"].n_unique() == 1
    last = frame.filter(pl.col("asset_type") == "player").sort("dynasty_value")[0]
    assert last["package_value"].item() < 0
    assert frame.filter(pl.col("asset_type") == "pick")["package_value"].min() > 0  # type: ignore[operator]


def test_positions_that_the_league_does_not_start_are_left_out() -> None:
    with_tight_end = pl.concat([PLAYERS, forecast("te01", "TE", ppg=15.0)])
    assert "te01" not in valued(with_tight_end)["player_id"]
    with pytest.raises(BrokenInput, match=r"have no player at a position that it starts \(QB, RB"):
        valued(forecast("te01", "TE"))
