"""The projected season as weeks: the same games and points, spread as weeks are."""

from datetime import date

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.weeks.projected_weeks import projected_weeks


def projected(**given: object) -> pl.DataFrame:
    row = {
        "player_id": "a",
        "player_name": "A",
        "position": "WR",
        "team": "KC",
        "age": 25.0,
        "projection_season": 2026,
        "games_share": 0.75,
        "total_points": 180.0,
    }
    return pl.DataFrame([row | given], schema_overrides={"age": pl.Float64})


def test_games_and_points_are_those_projected() -> None:
    weeks = projected_weeks(projected(), 17)
    assert weeks.height == 12
    assert weeks["fantasy_points"].sum() == pytest.approx(180)
    assert weeks["season"].unique().to_list() == [2026]
    assert weeks["birth_date"][0] == date(2001, 9, 1)


def test_a_receivers_weeks_go_from_poor_to_three_times_that() -> None:
    points = projected_weeks(projected(), 17)["fantasy_points"]
    assert points.quantile(0.1, "linear") == pytest.approx(15 * 0.35, abs=2)
    assert points.quantile(0.9, "linear") == pytest.approx(15 * 1.7, abs=2)


def test_who_hardly_plays_is_left_out_and_an_unknown_age_stays_unknown() -> None:
    assert projected_weeks(projected(games_share=0.02), 17).is_empty()
    assert projected_weeks(projected(age=None), 17)["birth_date"].null_count() == 12
