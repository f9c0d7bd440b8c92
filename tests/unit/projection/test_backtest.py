"""The back-test: what it measures is right, and nothing of a season reaches a forecast of it."""

import numpy as np
import polars as pl
import pytest

from ff_analytics.cli.work.backtest import backtest as run_backtest
from ff_analytics.cli.work.backtest import window as parsed
from ff_analytics.domains.fantasy.products.backtest import stored
from ff_analytics.domains.fantasy.products.backtest.capture import caught
from ff_analytics.domains.fantasy.products.backtest.cells import spearman
from ff_analytics.domains.fantasy.products.backtest.run import ALL_SEASONS, back_test, window
from ff_analytics.domains.fantasy.products.backtest.show import tables
from ff_analytics.domains.fantasy.projection.data.settings import Model
from ff_analytics.engine.base.errors import BrokenInput, ConfigError, ModelRegression
from tests.unit.projection.history import league

YARDS = {"receiving_yards": 0.1}


@pytest.fixture(scope="module")
def history() -> pl.DataFrame:
    return league(range(2001, 2014))


@pytest.fixture(scope="module")
def tested(history: pl.DataFrame) -> pl.DataFrame:
    return back_test(history, 2007, 2013, rules=YARDS)


def value(rows: pl.DataFrame, model: str, measure: str, season: int = ALL_SEASONS) -> float:
    found = rows.filter(model=model, measure=measure, position="WR", horizon=1, season=season)
    return float(found["value"].item())


def test_a_planted_signal_of_the_future_does_not_leak(
    history: pl.DataFrame, tested: pl.DataFrame
) -> None:
    # From 2011 on a player's last touches give away what he will score the season after.
    good = history.with_columns(pl.col("season") - 1).select(
        "player_id", "season", signal=pl.col("receiving_yards").fill_null(0)
    )
    planted = history.join(good, on=["player_id", "season"], how="left").with_columns(
        late_touches=pl.when(pl.col("season") >= 2011)
        .then(pl.col("signal").fill_null(0) / 160)
        .otherwise("late_touches")
    )
    found = back_test(
        planted.drop("signal"), 2007, 2013, models=(Model.RIDGE, Model.LAST_SEASON), rules=YARDS
    )
    for season in range(2007, 2012):
        assert value(found, "ridge", "mae", season) == value(tested, "ridge", "mae", season)
    # And the check would notice: once the signal has been seen to work, it is used.
    assert value(found, "ridge", "mae", 2013) < value(tested, "ridge", "mae", 2013)


def test_seasons_after_the_target_change_nothing(
    history: pl.DataFrame, tested: pl.DataFrame
) -> None:
    short = back_test(history.filter(pl.col("season") <= 2010), 2007, 2010, rules=YARDS)
    for model in ("ridge", "age-curve", "marcel"):
        for measure in ("mae", "coverage"):
            assert value(short, model, measure, 2010) == value(tested, model, measure, 2010)


def test_the_ladder_pays_on_an_age_curve_that_was_planted(tested: pl.DataFrame) -> None:
    errors = [value(tested, m, "mae") for m in ("ridge", "tuned-marcel", "last-season")]
    assert errors == sorted(errors)
    assert value(tested, "ridge", "coverage") == pytest.approx(0.8, abs=0.06)
    assert abs(value(tested, "ridge", "bias")) < 0.3


def test_means_are_weighted_by_players(tested: pl.DataFrame) -> None:
    each = tested.filter(
        pl.col("season") != ALL_SEASONS, model="ridge", measure="mae", position="WR", horizon=1
    )
    weighted = (each["value"] * each["players"]).sum() / each["players"].sum()
    assert value(tested, "ridge", "mae") == pytest.approx(weighted)


def test_rank_correlation_and_capture_by_hand() -> None:
    one, other = (
        pl.Series([1.0, 2.0, 3.0, 4.0]).to_numpy(),
        pl.Series([2.0, 1.0, 3.0, 4.0]).to_numpy(),
    )
    assert spearman(one, other) == pytest.approx(0.8)
    # The two picked first brought 30 and nothing; the best two would have brought 30 and 20.
    expected, came = np.array([9.0, 8.0, 1.0]), np.array([30.0, -5.0, 20.0])
    assert caught(expected, came, 2) == pytest.approx(0.6)


def test_target_seasons_are_those_with_enough_before_them(history: pl.DataFrame) -> None:
    assert window(history, None, None) == (2007, 2013)
    assert window(history, 2005, 2006) == (2005, 2006)
    with pytest.raises(ConfigError, match="Choose 2003 to 2013"):
        window(history, 2002, None)
    with pytest.raises(BrokenInput, match="3 seasons"):
        window(history.filter(pl.col("season") > 2011), None, None)


def test_a_season_under_way_is_no_target(history: pl.DataFrame) -> None:
    under_way = pl.when(pl.col("season") == 2013).then(9).otherwise(pl.col("weeks"))
    assert window(history.with_columns(weeks=under_way), None, None) == (2007, 2012)


def kept(**figures: float) -> stored.Stored:
    named = {name.replace("_of_", "/") + "/WR/1": v for name, v in figures.items()}
    return stored.Stored(model="ridge", first_season=2007, last_season=2013, figures=named)


def test_a_figure_beyond_its_tolerance_is_a_regression(tested: pl.DataFrame) -> None:
    mae = value(tested, "ridge", "mae")
    stored.compare(tested, kept(mae=mae - 0.04, spearman=0.0))
    with pytest.raises(ModelRegression, match=r"1 of 1 accuracy figures .* mae/WR/1") as told:
        stored.compare(tested, kept(mae=mae - 0.06))
    assert told.value.kind == "model-regression"


def test_coverage_is_judged_by_its_distance_from_what_it_should_be() -> None:
    assert stored.behind("coverage", 0.90, 0.80) == pytest.approx(0.1)
    assert stored.behind("coverage", 0.80, 0.74) < 0


def test_runs_without_the_stored_seasons_are_not_judged(tested: pl.DataFrame) -> None:
    before = kept(mae=0.1).model_copy(update={"first_season": 1990})
    stored.compare(tested, before)


def test_the_figures_in_the_code_are_whole() -> None:
    found = stored.load()
    assert len(found.figures) == 3 * 4 * 3 + 3 + 2
    assert {name.partition("/")[0] for name in found.figures} == set(stored.TOLERANCE)


def test_tables_show_every_model_and_horizon(tested: pl.DataFrame) -> None:
    (_, errors), (_, measures), _ = tables(tested)
    beside = (Model.RANKINGS, Model.MARKET)
    assert errors[0][2:] == [m.value for m in Model if m not in beside]
    assert len(errors) == len(measures) == 1 + 3 * 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019:2005", "2019:2005 runs backwards"),
        ("a:b", "'a' is not a whole number; write e.g. 2015:2019"),
        ("20x5:", "'20x5' is not a whole number"),
        ("2005-2019", "is not a whole number"),
        (":", "is open at one end"),
        ("2005,2007", "has gaps"),
    ],
)
def test_a_window_that_is_none(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parsed(text)


def test_windows_may_be_open_and_one_season_long() -> None:
    assert parsed("2005:2019") == (2005, 2019)
    assert parsed("2005") == (2005, 2005)
    assert parsed("2005,2006") == (2005, 2006)
    assert parsed(":2010") == (None, 2010)
    assert parsed("2010:") == (2010, None)
    assert parsed(None) == (None, None)


def test_rankings_of_a_file_do_not_enter_the_lake_by_a_back_test() -> None:
    with pytest.raises(ConfigError, match="they come with ingest/rankings"):
        run_backtest(seasons=None, source=None, rankings="ecr.csv", store=False, markdown=False)
