"""What a league scores for a game, on rows small enough to add up by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.engine import dbt
from ff_analytics.engine.base.errors import DbtFailure
from ff_analytics.engine.base.settings import PROJECT_ROOT
from tests.integration.dbt.conftest import Row, Warehouse

RULES = {
    "offence": {
        "passing_yards": 0.04, "passing_tds": 4, "passing_interceptions": -2, "fumbles_lost": -2,
        "rushing_yards": 0.1, "rushing_tds": 6, "receptions": 0.5, "te_receptions": 0.5,
        "receiving_yards": 0.1,
    },
    "idp": {
        "def_tackles_solo": 1, "def_tackle_assists": 0.5, "def_qb_hits": 1, "def_sacks": 1.5,
        "def_tackles_for_loss": 1.5, "def_pass_defended": 3, "fumble_recovery_opp": 6,
    },
    "kicks": {
        "fg_made_distance": 0.1, "pat_made": 1, "pat_missed": -1, "fg_missed_0_29": -3,
        "fg_made_50_plus": 2,
    },
    "dst": {
        "dst_sacks": 0.5, "dst_interceptions": 1.5, "dst_fumble_recoveries": 1.5, "dst_tds": 6,
        "dst_points_allowed_7_13": 4.5, "dst_points_allowed_35_plus": -4.5, "dst_blocked_kicks": 2,
    },
    "no_rules": {},
}  # fmt: skip


def _game(player: str, position: str | None, **stats: Any) -> Row:
    row = {"player_id": player, "player_display_name": player.title(), "position": position}
    game = {"season": 2019, "week": 1, "season_type": "REG", "team": "AAA", "opponent_team": "BBB"}
    return row | game | stats


GAMES = [
    _game("passer", "QB", attempts=30, passing_yards=300, passing_tds=2, passing_interceptions=1,
          sack_fumbles=1, sack_fumbles_lost=1, fumble_recovery_opp=0),
    _game("runner", "FB", carries=10, rushing_yards=57, rushing_fumbles_lost=1,
          receiving_fumbles_lost=1),
    _game("catcher", "WR", targets=8, receptions=6, receiving_yards=73),
    _game("end", "TE", targets=8, receptions=6, receiving_yards=73),
    _game("nothing", "WR"),
    _game("returner", "WR", special_teams_tds=1, def_tackles_solo=1),
    _game("backer", "OLB", def_tackles_solo=4, def_tackle_assists=2, def_qb_hits=1, def_sacks=1.5,
          def_tackles_for_loss=2, fumble_recovery_opp=1, fumble_recovery_tds=1),
    _game("corner", "CB", def_pass_defended=2, def_interceptions=1, def_tds=1),
    _game("kicker", "K", fg_att=4, fg_made_distance=95, fg_made_30_39=1, fg_made_50_59=1,
          fg_made_60_=0, fg_missed_0_19=1, fg_missed_20_29=1, pat_att=3, pat_made=2, pat_missed=1),
    _game("muffer", "WR", targets=2, receiving_fumbles_lost=1, fumbles_lost_total=2),
    # The bins of the files have no place for a kick of exactly 60 yards.
    _game("longfoot", "K", team="BBB", opponent_team="AAA", fg_att=5, fg_made=1, fg_missed=2,
          fg_made_distance=60, fg_missed_20_29=1, fg_blocked=2, fg_blocked_list="25;53",
          fg_blocked_distance=78, pat_att=2, pat_missed=1, pat_blocked=1),
    _game("faller", "RB", carries=1, fumble_recovery_own=1, fumble_recovery_tds=1),
    _game("unlisted", None, carries=5, rushing_yards=20),
    _game("oldtimer", "RB", season=2000, carries=20, rushing_yards=100),
    _game("stranger", "QB", team="LV", opponent_team="CCC", attempts=20, passing_yards=100),
    _game("chaser", "DE", team="LV", opponent_team="CCC", def_tackles_solo=3, def_sacks=2),
    _game("oldcode", "DE", team="JAC", opponent_team="LAR", def_tackles_solo=3, def_sacks=1),
]  # fmt: skip
SCHEDULE = [
    {"game_id": "1", "home_team": "AAA", "away_team": "BBB", "home_score": 30, "away_score": 13},
    {"game_id": "2", "home_team": "CCC", "away_team": "OAK", "home_score": 41, "away_score": 0},
    {"game_id": "3", "home_team": "JAX", "away_team": "LA", "home_score": 20, "away_score": 7},
]


@pytest.fixture(scope="module")
def built(new_warehouse: Callable[[], Warehouse]) -> Warehouse:
    warehouse = new_warehouse()
    when = {"season": 2019, "week": 1, "game_type": "REG"}
    warehouse.load(
        raw_nflverse__player_week=GAMES,
        raw_nflverse__schedules=[when | game for game in SCHEDULE],
        raw_nflverse__players=[
            {"gsis_id": "passer", "display_name": "Pat Passer", "position": "QB",
             "latest_team": "ZZZ"},
            {"gsis_id": "unlisted", "display_name": "Una Listed", "position": "HB"},
            {"gsis_id": "rookie", "display_name": "Not Played Yet", "position": "EDGE"},
        ],
        raw_league__profiles=[{"league": name, "json": "{}"} for name in RULES],
        raw_league__scoring_rules=[
            {"league": league, "category": category, "points": float(points)}
            for league, rules in RULES.items()
            for category, points in rules.items()
        ],
        raw_rankings__listings=[
            {"provider": provider, "kind": "redraft", "measure": measure, "scoring": "ppr",
             "page": "ALL", "season": 2019, "week": week, "listed_id": player,
             "listed_name": player, "position": position, "average": average,
             "player_id": None if player == "unknown" else player}
            for provider, measure, week, player, position, average in (
                ("ffc", "adp", 0, "passer", "QB", 9.0), ("ffc", "adp", 0, "runner", "RB", 1.0),
                ("dynastyprocess", "ecr", 0, "passer", "QB", 30.0),
                ("dynastyprocess", "ecr", 0, "unknown", "QB", 20.0),
                ("dynastyprocess", "ecr", 0, "stranger", "QB", 30.0),
                ("dynastyprocess", "ecr", 3, "passer", "QB", 1.0),
            )
        ],
        raw_market__values=[
            {"provider": provider, "format": "1qb", "player_id": "passer", "value": value,
             "valued_on": date(2026, month, 1)}
            for provider, value, month in (("old", 1.0, 1), ("new", 2.0, 2))
        ] + [
            # An own list stands before a newer one of somebody else.
            {"provider": provider, "format": "superflex", "player_id": player, "value": 3.0,
             "valued_on": date(2026, month, 1)}
            for provider, player, month in (
                ("own", "passer", 1), ("new", "passer", 2), ("new", "runner", 2)
            )
        ],
    )  # fmt: skip
    dbt.build("staging core marts", holder="test", settings=warehouse.settings)
    return warehouse


def points(warehouse: Warehouse, league: str, player: str) -> float:
    query = "SELECT fantasy_points FROM marts.mrt_fantasy_actuals_weekly "
    return float(warehouse.value(f"{query} WHERE league = '{league}' AND player_id = '{player}'"))


@pytest.mark.parametrize(
    ("league", "player", "expected"),
    [
        ("offence", "passer", 300 * 0.04 + 2 * 4 - 2 - 2),
        ("offence", "runner", 5.7 - 2 * 2),
        ("offence", "catcher", 3 + 7.3),
        ("offence", "end", 3 + 3 + 7.3),
        ("offence", "nothing", 0),
        ("idp", "backer", 4 + 1 + 1 + 1.5 * 1.5 + 2 * 1.5 + 6),
        ("idp", "corner", 6),
        ("kicks", "kicker", 9.5 + 2 - 1 - 2 * 3 + 2),
        ("kicks", "longfoot", 6 + 2 - 2 * 3 - 2),
        ("offence", "muffer", -2 * 2),
        ("no_rules", "passer", 0),
    ],
)
def test_points_are_statistics_times_rules(
    built: Warehouse, league: str, player: str, expected: float
) -> None:
    assert points(built, league, player) == pytest.approx(expected, abs=1e-9)


def test_team_defence_adds_up_its_players_and_the_points_it_allowed(built: Warehouse) -> None:
    # 1.5 sacks, an interception, a recovery; touchdowns by interception, by recovery and by
    # return, but not the own fumble that a runner carried in; 13 points allowed; two field goals
    # and an extra point blocked.
    expected = 1.5 * 0.5 + 1.5 + 1.5 + 3 * 6 + 4.5 + 3 * 2
    assert points(built, "dst", "DST-AAA") == pytest.approx(expected)


def test_team_defence_of_a_moved_franchise_finds_its_schedule(built: Warehouse) -> None:
    assert points(built, "dst", "DST-LV") == pytest.approx(2 * 0.5 - 4.5)
    assert points(built, "dst", "DST-JAX") == pytest.approx(0.5 + 4.5)


def test_long_kicks_are_counted_whatever_the_bins_of_the_file_leave_out(built: Warehouse) -> None:
    names = "fg_made_50_plus, fg_missed_0_29, fg_missed_50_plus, pat_missed"
    (row,) = built.rows(f"SELECT {names} FROM core.fct_player_week WHERE player_id = 'longfoot'")
    assert list(row.values()) == [1, 2, 2, 2]


def test_seasons_without_defensive_statistics_have_no_team_defence(built: Warehouse) -> None:
    assert built.value("SELECT count(*) FROM core.fct_defence_week WHERE season = 2000") == 0


def test_no_total_is_null(built: Warehouse) -> None:
    columns = ", ".join(f"count(*) - count({name})" for name in (*CATEGORIES, "fantasy_points"))
    (row,) = built.rows(f"SELECT {columns} FROM marts.mrt_fantasy_actuals_weekly")
    assert set(row.values()) == {0}


def test_a_game_counts_when_the_position_had_its_chance(built: Warehouse) -> None:
    played = built.rows(
        "SELECT player_id FROM core.fct_player_week WHERE games_played = 1 ORDER BY player_id"
    )
    idle = {"nothing", "returner"}
    assert {row["player_id"] for row in played} == (
        {game["player_id"] for game in GAMES} - idle | {"DST-AAA", "DST-LV", "DST-JAX"}
    )


def test_positions_are_those_that_leagues_draft(built: Warehouse) -> None:
    found = built.rows("SELECT player_id, position FROM core.dim_player")
    positions = {row["player_id"]: row["position"] for row in found}
    expected = {"runner": "RB", "backer": "LB", "corner": "DB", "chaser": "DL", "unlisted": "RB",
                "rookie": "DL", "kicker": "K", "DST-AAA": "DST"}  # fmt: skip
    assert {player: positions[player] for player in expected} == expected


def test_listed_names_and_teams_win_over_those_of_the_game(built: Warehouse) -> None:
    (row,) = built.rows(
        "SELECT DISTINCT display_name, current_team, team FROM marts.mrt_fantasy_actuals_weekly "
        "WHERE player_id = 'passer'"
    )
    assert row == {"display_name": "Pat Passer", "current_team": "ZZZ", "team": "AAA"}


def test_a_season_and_position_take_one_list_whole_and_count_who_is_unknown(
    built: Warehouse,
) -> None:
    found = built.rows(
        "SELECT position, player_id, position_rank, provider FROM marts.mrt_preseason_ranking "
        "ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in found] == [
        ("QB", "passer", 2.5, "dynastyprocess"),
        ("QB", "stranger", 2.5, "dynastyprocess"),
        ("RB", "runner", 1.0, "ffc"),
    ]


def test_a_format_takes_one_market_whole(built: Warehouse) -> None:
    rows = built.rows(
        "SELECT format, provider, player_id FROM marts.mrt_market_value_current ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("1qb", "new", "passer"),
        ("superflex", "own", "passer"),
    ]


def test_every_model_is_one_commit_that_names_its_writer(built: Warehouse) -> None:
    commits = built.rows(
        "SELECT commit_message FROM ducklake_snapshots('lake') WHERE author = 'test' "
        "AND commit_message LIKE 'dbt marts.%' ORDER BY 1"
    )
    models = sorted(file.stem for file in (PROJECT_ROOT / "dbt/models/marts").glob("*.sql"))
    assert [row["commit_message"] for row in commits] == [f"dbt marts.{m}" for m in models]


def test_mart_that_fails_its_tests_is_brought_back(built: Warehouse) -> None:
    contract = {"league": "idp", "player_id": "backer", "season": 2019, "franchise": "F1"}
    built.load(raw_league__contracts=[contract | {"salary": -1.0}])
    with pytest.raises(DbtFailure, match=r"within\(mrt_contract_current\) failed: 1 rows"):
        dbt.build("mrt_contract_current", holder="test", settings=built.settings)
    assert built.value("SELECT count(*) FROM marts.mrt_contract_current") == 0


def test_empty_sources_give_empty_marts(new_warehouse: Callable[[], Warehouse]) -> None:
    empty = new_warehouse()
    run = dbt.build("staging core marts", holder="test", settings=empty.settings)
    assert empty.value("SELECT count(*) FROM marts.mrt_fantasy_actuals_weekly") == 0
    assert not run.warnings
