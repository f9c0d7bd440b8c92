"""Lines that add up: within a player, within a team, and against the final score."""

import polars as pl

from .conftest import League

GAME = ["season", "week", "team"]


def test_points_follow_the_provider_formula(league: League) -> None:
    two = pl.sum_horizontal(
        "passing_2pt_conversions", "rushing_2pt_conversions", "receiving_2pt_conversions"
    )
    lost = pl.sum_horizontal("sack_fumbles_lost", "rushing_fumbles_lost", "receiving_fumbles_lost")
    ppr = (
        0.04 * pl.col("passing_yards")
        + 4 * pl.col("passing_tds")
        - 2 * pl.col("passing_interceptions")
        + 0.1 * pl.col("rushing_yards")
        + 6 * pl.col("rushing_tds")
        + pl.col("receptions")
        + 0.1 * pl.col("receiving_yards")
        + 6 * pl.col("receiving_tds")
        + 2 * two
        - 2 * lost
        + 6 * pl.col("special_teams_tds")
    )
    off = league.delivered.select(
        (ppr - pl.col("fantasy_points_ppr")).abs().alias("ppr"),
        (ppr - pl.col("receptions") - pl.col("fantasy_points")).abs().alias("standard"),
    ).max()
    assert max(off.row(0)) < 1e-6


def test_a_line_is_possible(league: League) -> None:
    impossible = {
        "more completions than attempts": pl.col("completions") + pl.col("passing_interceptions")
        > pl.col("attempts"),
        "more receptions than targets": pl.col("receptions") > pl.col("targets"),
        "touchdowns without catches": pl.col("receiving_tds") > pl.col("receptions"),
        "touchdowns without carries": pl.col("rushing_tds") > pl.col("carries"),
        "yards without catches": (pl.col("receptions") == 0) & (pl.col("receiving_yards") != 0),
        "yards without carries": (pl.col("carries") == 0) & (pl.col("rushing_yards") != 0),
        "more fumbles lost than made": pl.col("sack_fumbles_lost") > pl.col("sack_fumbles"),
        "first downs": pl.col("receiving_first_downs") > pl.col("receptions"),
        "negative count": pl.min_horizontal("targets", "carries", "attempts", "fg_att") < 0,
        "gains on sacks": pl.col("sack_yards_lost") > 0,
    }
    found = league.delivered.select(rule.sum().alias(name) for name, rule in impossible.items())
    assert not any(found.row(0)), found


def test_kicks_add_up(league: League) -> None:
    buckets = ("0_19", "20_29", "30_39", "40_49", "50_59", "60_")
    kicks = league.weeks.filter(pl.col("fg_att") + pl.col("pat_att") > 0)
    assert set(kicks["position"]) == {"K"}
    for kind in ("made", "missed"):
        parts = pl.sum_horizontal(f"fg_{kind}_{bucket}" for bucket in buckets)
        assert kicks.select((parts == pl.col(f"fg_{kind}")).all()).item()
        listed = pl.col(f"fg_{kind}_list").str.split(";").cast(pl.List(pl.Int32)).list.sum()
        distance = listed.fill_null(0) == pl.col(f"fg_{kind}_distance")
        assert kicks.select(distance.all()).item()
    for each in ("fg", "pat"):
        tried = pl.sum_horizontal(f"{each}_made", f"{each}_missed", f"{each}_blocked")
        assert kicks.select((tried == pl.col(f"{each}_att")).all()).item()


def test_a_team_throws_what_it_catches(league: League) -> None:
    teams = league.weeks.group_by(GAME).agg(
        pl.col(
            "completions",
            "receptions",
            "passing_yards",
            "receiving_yards",
            "passing_tds",
            "receiving_tds",
            "passing_2pt_conversions",
            "receiving_2pt_conversions",
        ).sum(),
        passers=(pl.col("attempts") > 0).sum(),
    )
    assert teams["passers"].to_list() == [1] * teams.height
    for thrown, caught in (
        ("completions", "receptions"),
        ("passing_yards", "receiving_yards"),
        ("passing_tds", "receiving_tds"),
        ("passing_2pt_conversions", "receiving_2pt_conversions"),
    ):
        assert teams[thrown].to_list() == teams[caught].to_list()


def test_a_defence_takes_what_the_offence_loses(league: League) -> None:
    lost = pl.sum_horizontal("sack_fumbles_lost", "rushing_fumbles_lost", "receiving_fumbles_lost")
    teams = league.weeks.group_by(*GAME, "opponent_team").agg(
        pl.col(
            "sacks_suffered",
            "passing_interceptions",
            "def_sacks",
            "def_interceptions",
            "fumble_recovery_opp",
        ).sum(),
        lost=lost.sum(),
    )
    both = teams.join(
        teams, left_on=["season", "week", "opponent_team"], right_on=GAME, suffix="_against"
    )
    assert both.height == teams.height
    assert both["def_sacks"].to_list() == both["sacks_suffered_against"].to_list()
    assert both["def_interceptions"].to_list() == both["passing_interceptions_against"].to_list()
    assert both["fumble_recovery_opp"].to_list() == both["lost_against"].to_list()


def test_final_scores_are_what_the_lines_score(league: League) -> None:
    touchdowns = pl.sum_horizontal(
        "rushing_tds", "receiving_tds", "special_teams_tds", "def_tds", "fumble_recovery_tds"
    )
    pairs = pl.sum_horizontal(
        "rushing_2pt_conversions", "receiving_2pt_conversions", "def_safeties"
    )
    points = 6 * touchdowns + 2 * pairs + 3 * pl.col("fg_made") + pl.col("pat_made")
    scored = league.weeks.group_by(GAME).agg(points=points.sum())
    for side in ("home", "away"):
        games = league.games.join(
            scored, left_on=["season", "week", f"{side}_team"], right_on=GAME, how="left"
        )
        assert games[f"{side}_score"].to_list() == games["points"].to_list()
    assert (league.games["home_score"] != league.games["away_score"]).all()


def test_schedule_has_17_games_a_bye_and_a_champion(league: League) -> None:
    regular = league.games.filter(pl.col("game_type") == "REG")
    sides = pl.concat(
        [
            regular.select("season", "week", team="home_team", other="away_team"),
            regular.select("season", "week", team="away_team", other="home_team"),
        ]
    )
    table = sides.group_by("season", "team").agg(
        games=pl.len(), weeks=pl.col("week").n_unique(), others=pl.col("other").n_unique()
    )
    assert table.height == 6 * 32
    assert table.select("games", "weeks", "others").unique().rows() == [(17, 17, 17)]
    assert sides["week"].max() == 18
    late = league.games.filter(pl.col("season") == 2025, pl.col("game_type") != "REG")
    kinds = dict(late.group_by("game_type").len().iter_rows())
    assert kinds == {"WC": 6, "DIV": 4, "CON": 2, "SB": 1}
    assert league.games["game_id"].is_unique().all()
