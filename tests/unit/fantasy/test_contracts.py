"""Contract efficiency, and which year's salary it uses."""

import polars as pl

from ff_analytics.domains.fantasy.products.valuation.contract_value import add_contracts
from tests.unit.fantasy.toy import NO_CONTRACTS

PLAYERS = pl.DataFrame({"player_id": ["a", "b", "c", "d"], "war": [2.0, -0.5, 0.0, 1.0]})


def contracts(season: int, **salaries: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "player_id": list(salaries),
            "franchise": "F001",
            "season": season,
            "salary": list(salaries.values()),
        },
        schema=NO_CONTRACTS.schema,
    )


def test_efficiency_is_dollars_per_win_and_none_without_wins_or_contract() -> None:
    got = add_contracts(PLAYERS, contracts(2020, a=30.0, b=5.0, c=5.0), 2020)
    assert got["contract_efficiency_dollar_per_war"].to_list() == [15.0, None, None, None]
    assert got["salary"].to_list() == [30.0, 5.0, 5.0, None]
    assert got["franchise"].to_list() == ["F001", "F001", "F001", None]


def test_after_a_season_next_years_contracts_count() -> None:
    assert add_contracts(PLAYERS, contracts(2021, a=8.0), 2020)["salary"][0] == 8.0


def test_contracts_of_other_years_say_nothing() -> None:
    both = pl.concat([contracts(2020, a=30.0), contracts(2021, a=40.0, d=9.0)])
    assert add_contracts(PLAYERS, both, 2020)["salary"].to_list() == [30.0, None, None, None]
    assert add_contracts(PLAYERS, both, 2010)["salary"].null_count() == 4
    assert add_contracts(PLAYERS, NO_CONTRACTS, 2020)["salary"].null_count() == 4
