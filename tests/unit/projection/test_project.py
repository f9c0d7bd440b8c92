"""Projections of a league: what a reader may rely on, and what bad input does."""

import logging
from datetime import date

import polars as pl
import pytest

from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.domains.fantasy.products.projections.contract import MultiYearProjection
from ff_analytics.domains.fantasy.projection.data.settings import Model
from ff_analytics.domains.fantasy.projection.model.project import Past, base_season, project
from ff_analytics.engine.base.errors import BrokenInput, ConfigError
from tests.unit.projection.history import curve, frame, league, nobody, row

PROFILE = LeagueProfile(
    name="yards",
    description="Yards only.",
    timezone="UTC",
    teams=12,
    weeks=17,
    slots={"WR": 3},
    scoring={"receiving_yards": 0.1},
    budget=200,
    minimum_bid=1,
)


@pytest.fixture(scope="module")
def history() -> pl.DataFrame:
    return league()


def projected(
    rows: pl.DataFrame, profile: LeagueProfile = PROFILE, **given: object
) -> pl.DataFrame:
    players = given.get("players", nobody())
    assert isinstance(players, pl.DataFrame)
    return project(Past.of(rows, players, None, Model.RIDGE), profile)


def with_one(history: pl.DataFrame, **given: object) -> dict[str, object]:
    """The first year's projection of somebody added to the last season."""
    made = frame([row("someone", 2015, 12.0, **given)])
    found = projected(pl.concat([history, made.cast(history.schema)]))
    return found.row(
        by_predicate=(pl.col("player_id") == "someone") & (pl.col("horizon") == 1), named=True
    )


def test_five_seasons_a_player_within_the_contract(history: pl.DataFrame) -> None:
    found = projected(history).with_columns(
        snapshot_date=pl.lit(date(2016, 2, 1)), input_snapshot_id=pl.lit(1, dtype=pl.Int64)
    )
    assert MultiYearProjection.is_valid(found, cast=True)
    assert found.group_by("player_id").len()["len"].unique().to_list() == [5]


def test_the_planted_age_curve_is_found(history: pl.DataFrame) -> None:
    found = projected(history)
    aged_27 = found.filter(pl.col("age").sub(pl.col("horizon")).is_between(25.9, 26.1))
    points = aged_27.group_by("horizon").agg(pl.col("points_per_game").mean()).sort("horizon")
    first, *_, fifth = points["points_per_game"]
    assert fifth / first == pytest.approx(curve(31) / curve(27), abs=0.07)
    near = found.filter(pl.col("horizon") == 1)
    factor = {old: near.filter((pl.col("age") > 28) == old)["age_factor"].mean() for old in (0, 1)}
    assert factor[1] < 0.97 < factor[0]  # type: ignore[operator]


def test_who_scored_more_is_expected_to_score_more(history: pl.DataFrame) -> None:
    found = projected(history).filter(pl.col("horizon") == 1)
    last = history.filter(pl.col("season") == 2015).with_columns(
        ppg=pl.col("receiving_yards") / pl.col("games") / 10
    )
    both = found.join(last, on="player_id")
    assert both.select(pl.corr("points_per_game", "ppg", method="spearman")).item() > 0.8


def test_projections_do_not_know_the_seasons_after_their_base(history: pl.DataFrame) -> None:
    known = history.filter(pl.col("season") <= 2012)
    honest = project(Past.of(known, nobody(), 2012, Model.RIDGE), PROFILE)
    future = pl.col("receiving_yards") + pl.when(pl.col("season") > 2012).then(9999).otherwise(0)
    planted = history.with_columns(receiving_yards=future)
    assert project(Past.of(planted, nobody(), 2012, Model.RIDGE), PROFILE).equals(honest)


def test_a_league_beside_others_gets_the_same_rows(history: pl.DataFrame) -> None:
    past = Past.of(history, nobody(), None, Model.RIDGE)
    other = PROFILE.model_copy(update={"name": "other", "scoring": {"receiving_yards": 1.0}})
    project(past, other)
    assert project(past, PROFILE).equals(projected(history))


def test_points_in_another_unit_are_the_same_projection(history: pl.DataFrame) -> None:
    tenfold = PROFILE.model_copy(update={"scoring": {"receiving_yards": 1.0}})
    one = projected(history)["points_per_game"]
    ten = projected(history, tenfold)["points_per_game"]
    assert (ten / 10 - one).abs().max() < 1e-6  # type: ignore[operator]


def test_a_season_missing_in_the_middle_is_told_and_nobody_counts_as_gone(
    history: pl.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    gap = projected(history.filter(pl.col("season") != 2010)).filter(pl.col("horizon") == 1)
    assert "Seasons 2010 are missing" in caplog.text
    whole = projected(history).filter(pl.col("horizon") == 1)
    assert gap["games_share"].mean() == pytest.approx(whole["games_share"].mean(), abs=0.02)


def test_no_birth_date_is_an_age_of_the_usual(history: pl.DataFrame) -> None:
    unknown = with_one(history, birth_date=None)
    assert unknown["age"] is None
    assert unknown["age_factor"] == 1
    assert unknown["points_per_game"] == pytest.approx(12, abs=4)


def test_one_game_is_mostly_prior(history: pl.DataFrame) -> None:
    found = with_one(history, games=1, receiving_yards=400.0)
    assert found["evidence"] == "thin history"
    assert 0 < float(str(found["data_share"])) < 0.2
    assert float(str(found["points_per_game"])) < 15


def test_negative_points_are_projected_within_ordered_ranges(history: pl.DataFrame) -> None:
    found = with_one(history, receiving_yards=-300.0)
    low, middle, high = (float(str(found[f"points_per_game_p{q}"])) for q in (10, 50, 90))
    assert low <= middle <= high
    assert float(str(found["points_per_game"])) < 8


def test_a_player_who_changed_position_keeps_his_record(history: pl.DataFrame) -> None:
    before = frame([row("someone", 2014, 14.0, position="RB")])
    base = pl.concat([history, before.cast(history.schema)])
    moved, new = with_one(base), with_one(history)
    assert moved["position"] == "WR"
    assert float(str(moved["data_share"])) > float(str(new["data_share"]))


def test_who_missed_the_season_is_still_there(history: pl.DataFrame) -> None:
    gone = frame([row("hurt", 2014, 15.0)]).cast(history.schema)
    found = projected(pl.concat([history, gone])).filter(pl.col("player_id") == "hurt")
    assert found["evidence"].unique().to_list() == ["absent"]


def test_a_position_without_points_is_left_out_and_told(
    history: pl.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    backs = history.with_columns(position=pl.lit("TE"), player_id="te-" + pl.col("player_id"))
    backs = backs.with_columns(receiving_yards=pl.lit(0.0))
    profile = PROFILE.model_copy(update={"slots": {"WR": 3, "TE": 1, "K": 1}})
    found = projected(pl.concat([history, backs]), profile)
    assert found["position"].unique().to_list() == ["WR"]
    assert "starts TE but scores nothing that they do" in caplog.text
    assert "starts K, but season 2015 has none" in caplog.text


def test_a_league_that_scores_nothing_is_refused(history: pl.DataFrame) -> None:
    nothing = PROFILE.model_copy(update={"scoring": {"passing_yards": 0.04}})
    with pytest.raises(BrokenInput, match="no position of the league"):
        projected(history, nothing)


def test_rookies_by_draft_slot(history: pl.DataFrame) -> None:
    classes = history.filter(pl.col("season") == pl.col("rookie_season")).select(
        "player_id",
        "display_name",
        "position",
        "birth_date",
        draft_year="season",
        draft_pick="draft_pick",
        current_team="team",
    )
    picks = pl.DataFrame({"draft_pick": [20, 180]}).with_columns(
        player_id=pl.format("new-{}", "draft_pick"),
        display_name=pl.format("New {}", "draft_pick"),
        position=pl.lit("WR"),
        birth_date=pl.lit(date(1994, 9, 1)),
        draft_year=pl.lit(2016, dtype=pl.Int64),
        draft_pick=pl.col("draft_pick").cast(pl.Int64),
        current_team=pl.lit("KC"),
    )
    found = projected(history, players=pl.concat([classes, picks.select(classes.columns)]))
    new = found.filter(pl.col("evidence") == "draft slot", pl.col("horizon") == 1)
    early, late = new.sort("total_points", descending=True).rows(named=True)
    assert (early["player_id"], late["player_id"]) == ("new-20", "new-180")
    assert early["data_share"] == 0


def test_a_season_just_begun_is_no_base(history: pl.DataFrame) -> None:
    begun = frame([row("someone", 2016, 9.0, weeks=3, games=3)]).cast(history.schema)
    assert base_season(pl.concat([history, begun]), None) == 2015
    with pytest.raises(ConfigError, match="Seasons there: 2001"):
        base_season(history, 1999)
