"""The market model: better with rankings, today's without, and blind to the seasons to come."""

import logging

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.products.backtest.run import ALL_SEASONS, back_test
from ff_analytics.domains.fantasy.products.backtest.show import tables
from ff_analytics.domains.fantasy.projection.data.settings import Model
from ff_analytics.domains.fantasy.projection.model.market import drift
from ff_analytics.domains.fantasy.projection.model.project import Past, project
from tests.unit.projection.history import league, nobody
from tests.unit.projection.test_project import PROFILE

YARDS = {"receiving_yards": 0.1}
FIRST, LAST = 2008, 2013


def ranked(history: pl.DataFrame, noise: float, seasons: range, seed: int = 5) -> pl.DataFrame:
    """Rankings before these seasons of who will play, by what he will score and so much noise."""
    rng = np.random.default_rng(seed)
    known = history.filter(pl.col("season").is_in(list(seasons)), pl.col("games") > 0)
    seen = known["receiving_yards"].to_numpy() / 160 + rng.normal(0, noise, known.height)
    rank = (-pl.col("seen")).rank().over("season").alias("position_rank")
    return known.with_columns(seen=pl.Series(seen, dtype=pl.Float64)).select(
        "season", "position", "player_id", rank
    )


@pytest.fixture(scope="module")
def history() -> pl.DataFrame:
    return league(range(2001, LAST + 1))


@pytest.fixture(scope="module")
def rankings(history: pl.DataFrame) -> pl.DataFrame:
    return ranked(history, 2.0, range(FIRST, LAST + 1))


@pytest.fixture(scope="module")
def tested(history: pl.DataFrame, rankings: pl.DataFrame) -> pl.DataFrame:
    models = (Model.RIDGE, Model.RANKINGS, Model.MARKET)
    return back_test(history, 2010, LAST, models=models, rules=YARDS, rankings=rankings)


def value(rows: pl.DataFrame, model: Model, measure: str, season: int = ALL_SEASONS) -> float:
    found = rows.filter(model=model.value, measure=measure, position="WR", horizon=1)
    return float(found.filter(season=season)["value"].item())


def projected(
    history: pl.DataFrame, model: Model, rankings: pl.DataFrame | None, season: int = 2012
) -> pl.DataFrame:
    return project(Past.of(history, nobody(), season, model, rankings), PROFILE)


def test_without_rankings_it_is_the_ridge_to_the_last_bit(history: pl.DataFrame) -> None:
    ridge = projected(history, Model.RIDGE, None)
    for none in (None, ranked(history, 1.0, range(0))):
        assert projected(history, Model.MARKET, none).equals(ridge)


def test_it_is_closer_than_history_and_rankings_alone(tested: pl.DataFrame) -> None:
    market, ridge, alone = (
        value(tested, model, "ranked_mae") for model in (Model.MARKET, Model.RIDGE, Model.RANKINGS)
    )
    assert market < min(ridge, alone)
    assert value(tested, Model.MARKET, "ranked_coverage") == pytest.approx(0.8, abs=0.06)
    assert value(tested, Model.MARKET, "ranked_t") > 2


def test_a_planted_ranking_of_the_future_cannot_help(
    history: pl.DataFrame, rankings: pl.DataFrame, tested: pl.DataFrame
) -> None:
    perfect = ranked(history, 0.0, range(2012, LAST + 1))
    planted = pl.concat([rankings.filter(pl.col("season") < 2012), perfect])
    found = back_test(history, 2010, LAST, (Model.MARKET,), YARDS, planted)
    for season in (2010, 2011):
        assert value(found, Model.MARKET, "mae", season) == value(
            tested, Model.MARKET, "mae", season
        )
    # And the check would notice: a ranking is used for its own season.
    assert value(found, Model.MARKET, "mae", 2012) < value(tested, Model.MARKET, "mae", 2012)
    later = planted.filter(pl.col("season") != 2012)
    before = rankings.filter(pl.col("season") < 2012)
    assert projected(history, Model.MARKET, later, 2011).equals(
        projected(history, Model.MARKET, before, 2011)
    )


def test_who_has_no_rank_keeps_the_points_of_the_ridge_and_says_so(
    history: pl.DataFrame, rankings: pl.DataFrame
) -> None:
    some = rankings.filter((pl.col("season") < 2013) | (pl.col("position_rank") <= 20))
    found = projected(history, Model.MARKET, some)
    ridge = projected(history, Model.RIDGE, None)
    both = found.join(ridge, on=["player_id", "horizon"], suffix="_of_ridge")
    apart = pl.col("points_per_game") != pl.col("points_per_game_of_ridge")
    next_season = both.filter(pl.col("horizon") == 1)
    assert next_season.filter(apart)["model"].unique().to_list() == ["market"]
    assert next_season.filter(~apart)["model"].unique().to_list() == ["ridge"]
    assert 10 < next_season.filter(apart).height <= 20


def test_a_first_ranked_season_teaches_nothing_yet(
    history: pl.DataFrame, rankings: pl.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    first = rankings.filter(pl.col("season") == 2013)
    with caplog.at_level(logging.WARNING):
        found = projected(history, Model.MARKET, first)
    assert found.equals(projected(history, Model.RIDGE, None))
    assert "ranking of WR for season 2013 is not used: too few seasons before it" in caplog.text


def test_a_level_that_moved_is_followed_and_scatter_is_not() -> None:
    rng = np.random.default_rng(1)
    season = np.repeat(np.arange(2005, 2020, dtype=np.int64), 30)
    scatter = rng.normal(0, 3, len(season))
    scatter -= scatter.mean()
    assert abs(drift(scatter, season)) < 0.2
    moved = scatter + np.where(season >= 2015, 1.5, 0.0)
    assert drift(moved, season) == pytest.approx(1.5, abs=0.5)
    assert drift(moved[season >= 2015], season[season >= 2015]) == 0.0


def test_the_tables_set_every_model_beside_the_rankings(tested: pl.DataFrame) -> None:
    titles = [title for title, _ in tables(tested)]
    assert titles[-3:] == [
        "Players with a ranking, next season: mean absolute error",
        "The same players: Spearman",
        "The same players: measures of market",
    ]
    (head, *cells) = tables(tested)[-3][1]
    assert head[3:] == ["ridge", "rankings", "market"]
    assert float(cells[2][5]) == pytest.approx(value(tested, Model.MARKET, "ranked_mae"), abs=6e-4)
