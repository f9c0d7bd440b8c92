"""Replacement ranks and levels in a two-team league worked out by hand."""

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.value import replacement
from ff_analytics.domains.fantasy.formulas.value.options import Baseline
from tests.unit.fantasy.toy import league, players

# Two teams start QB, RB, WR and a flex, and keep one on the bench.
LEAGUE = league({"QB": 1, "RB": 1, "WR": 1, "FLEX": 1, "BENCH": 1})
PLAYERS = players(
    QB=[300, 280, 270, 100],
    RB=[250, 200, 190, 120, 60],
    WR=[240, 210, 180, 175, 50],
)
STARTING = {"QB": 2, "RB": 3, "WR": 3}
ROSTERED = {"QB": 3, "RB": 3, "WR": 4}


def ranks(baseline: Baseline, **options: float) -> dict[str, int]:
    return replacement.replacement_ranks(
        PLAYERS,
        baseline,
        starting=STARTING,
        rostering=ROSTERED,
        weeks=10,
        picks=int(options.get("picks", 100)),
        blend_weight=options.get("weight", 0.5),
    )


def test_flex_slots_go_to_the_best_left() -> None:
    assert replacement.starters(PLAYERS, LEAGUE) == STARTING


def test_benches_take_who_misses_the_last_starter_by_least() -> None:
    # QB3 misses by 10 and WR4 by 5; RB4 by 70.
    assert replacement.rostered(PLAYERS, LEAGUE, STARTING) == ROSTERED


def test_vols_is_the_last_starter() -> None:
    assert ranks(Baseline.VOLS) == STARTING


def test_vorp_is_the_first_nobody_rosters() -> None:
    assert ranks(Baseline.VORP) == {"QB": 4, "RB": 4, "WR": 5}


def test_top_n_counts_the_first_picks_above_the_last_starter() -> None:
    # Above the last starter: RB1 60, WR1 60, WR2 30, QB1 20, RB2 10, then those at zero.
    assert ranks(Baseline.TOP_N, picks=5) == {"QB": 1, "RB": 2, "WR": 2}
    assert ranks(Baseline.TOP_N, picks=3) == {"QB": 1, "RB": 1, "WR": 2}


def test_man_games_needs_more_players_when_starters_miss_weeks() -> None:
    assert ranks(Baseline.MAN_GAMES) == STARTING
    hurt = PLAYERS.with_columns(games=pl.lit(7, dtype=pl.Int32))
    # 2 QB slots x 10 weeks = 20 games: 3 players of 7; RB and WR 30 games: 5 players.
    assert replacement.man_games(hurt, STARTING, 10) == {"QB": 3, "RB": 5, "WR": 5}


def test_blend_lies_between_vols_and_man_games() -> None:
    few = PLAYERS.with_columns(games=pl.lit(5, dtype=pl.Int32))
    for weight, expected in ((1.0, 2), (0.5, 3), (0.0, 4)):
        got = replacement.replacement_ranks(
            few,
            Baseline.BLEND,
            starting=STARTING,
            rostering=ROSTERED,
            weeks=10,
            blend_weight=weight,
        )
        assert got["QB"] == expected


def test_a_rank_beyond_the_last_player_means_the_last_player() -> None:
    deep = dict.fromkeys(STARTING, 50)
    got = replacement.replacement_ranks(
        PLAYERS, Baseline.VOLS, starting=deep, rostering=deep, weeks=10
    )
    assert got == {"QB": 4, "RB": 5, "WR": 5}


def test_the_level_per_game_averages_two_ranks_to_each_side() -> None:
    table = replacement.replacement_levels(PLAYERS, {"QB": 2, "RB": 3, "WR": 3}).sort("position")
    assert table["replacement_points"].to_list() == [280, 190, 180]
    # QB ranks 1-4: 950 points in 40 games; RB 1-5: 820 in 50; WR 1-5: 855 in 50.
    assert table["replacement_level"].to_list() == pytest.approx([23.75, 16.4, 17.1])


def test_a_position_without_players_is_left_out() -> None:
    no_quarterbacks = PLAYERS.filter(pl.col("position") != "QB")
    assert replacement.starters(no_quarterbacks, LEAGUE) == {"RB": 3, "WR": 3}
