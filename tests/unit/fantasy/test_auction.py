"""Auction dollars add up, respect the minimum and follow value."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ff_analytics.domains.fantasy.formulas.value.auction import add_dollars, allocate, inflation
from tests.unit.fantasy.toy import league, players

VALUES = st.lists(st.floats(0, 500), min_size=1, max_size=60)


def test_dollars_by_hand() -> None:
    # 10 dollars for 3 players at 1 each: 7 more by 4 : 2 : 1.
    assert allocate(np.array([4.0, 2.0, 1.0]), 10, 1).tolist() == [5, 3, 2]
    # 8 more by thirds, 2.67 each: the two larger remainders in order get the odd dollars.
    assert allocate(np.ones(3), 11, 1).tolist() == [4, 4, 3]
    assert allocate(np.zeros(2), 7, 1).tolist() == [4, 3]


@given(VALUES, st.integers(0, 5), st.integers(0, 5000))
def test_the_money_is_spent_to_the_dollar(values: list[float], minimum: int, spare: int) -> None:
    total = minimum * len(values) + spare
    dollars = allocate(np.array(values), total, minimum)
    assert dollars.sum() == total
    assert (dollars >= minimum).all()


@given(VALUES, st.integers(0, 5000))
def test_more_value_never_costs_less(values: list[float], spare: int) -> None:
    falling = np.sort(np.array(values))[::-1]
    dollars = allocate(falling, len(values) + spare, 1)
    assert (np.diff(dollars) <= 0).all()


def board(**points: list[float]) -> pl.DataFrame:
    frame = players(**points)
    waiver = {position: values[-1] for position, values in points.items()}
    starter = {position: values[1] for position, values in points.items()}
    return frame.with_columns(
        vorp=pl.col("points") - pl.col("position").replace_strict(waiver),
        starter_points=pl.col("position").replace_strict(starter),
    )


BOARD = board(QB=[300, 250, 240, 200], RB=[200, 150, 120, 90, 50])
LEAGUE = league({"QB": 1, "RB": 1, "BENCH": 1})


def test_the_league_buys_its_rosters_and_nobody_else() -> None:
    priced = add_dollars(BOARD, LEAGUE)
    bought = priced.filter(pl.col("auction_value") > 0)
    assert bought["auction_value"].sum() == LEAGUE.teams * LEAGUE.budget
    # Six players: vorp 150, 100, 100, 70, 50 and 40, each on top of 1 dollar of 194.
    assert bought.sort("vorp", descending=True)["auction_value"].to_list() == [
        58, 39, 39, 28, 20, 16
    ]  # fmt: skip


def test_a_starter_share_moves_money_from_the_bench_to_the_top() -> None:
    plain = add_dollars(BOARD, LEAGUE).sort("player_id")
    split = add_dollars(BOARD, LEAGUE, starter_share=0.9).sort("player_id")
    assert split["auction_value"].sum() == plain["auction_value"].sum()
    best, bench = pl.col("position_rank") == 1, pl.col("position_rank") > 2
    for rows, more in ((best, True), (bench, False)):
        change = split.filter(rows)["auction_value"] - plain.filter(rows)["auction_value"]
        assert (change.sum() > 0) is more
    for _, part in split.sort("position_rank").group_by("position", maintain_order=True):
        assert part["auction_value"].is_sorted(descending=True)


def test_fewer_players_than_roster_places_still_share_all_the_money() -> None:
    few = BOARD.head(3)
    assert add_dollars(few, LEAGUE)["auction_value"].sum() == 200


def test_ties_go_by_player_id_whatever_the_row_order() -> None:
    tied = board(QB=[100, 100, 100, 100, 0])
    forward = add_dollars(tied, LEAGUE).sort("player_id")
    backward = add_dollars(tied.reverse(), LEAGUE).sort("player_id")
    assert forward["auction_value"].to_list() == backward["auction_value"].to_list()


def test_inflation_is_money_left_over_value_left() -> None:
    # 100 dollars for 10 places against players priced 70: 90 spare dollars chase 60.
    assert inflation(100, 10, 1, 70) == pytest.approx(1.5)
    assert inflation(10, 10, 1, 10) == 1.0
