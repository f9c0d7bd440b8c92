"""Several leagues in one run: which, in what order, with which parameters, by what."""

import sys
from datetime import UTC, date, datetime

import pytest

from ff_analytics.domains.fantasy.league import many_leagues
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.run import RunReport
from ff_analytics.engine.products.run_report import Outcome
from tasks.runner import task_runner


def test_all_leagues_end_with_the_default_one() -> None:
    assert many_leagues.chosen([], Settings(league="redraft_ppr"))[-1] == "redraft_ppr"
    assert many_leagues.chosen(["b", "a", "b"], Settings()) == ["b", "a"]


def test_the_form_has_the_products_parameters_with_leagues_for_league() -> None:
    product = products.load("valuation")
    fields = set(many_leagues.parameters_of(product).model_fields)
    assert fields == (set(product.params.model_fields) - {"league"}) | {"leagues"}
    with pytest.raises(ConfigError, match="no parameter league"):
        many_leagues.parameters_of(products.load("channel-performance"))


def test_a_wrong_league_is_refused_before_any_run_begins() -> None:
    with pytest.raises(ConfigError, match="redraft_pr"):
        many_leagues.open_runs("valuation", {"leagues": ["redraft_ppr", "redraft_pr"]})


def report(league: str, error: str | None) -> RunReport:
    now = datetime.now(UTC)
    return RunReport(
        product="valuation",
        parameters={"league": league},
        run_id="r",
        started_at=now,
        finished_at=now,
        outcome=Outcome.FAILED if error else Outcome.COMPLETED,
        snapshot=1,
        snapshot_date=date(2026, 11, 21),
        stages=[],
        warnings=[],
        error_kind="contract" if error else None,
        error=error,
    )


def test_the_line_of_the_run_names_who_failed() -> None:
    done = [report("a", None), report("b", "3 rows break it"), report("c", None)]
    assert many_leagues.outcome(done) == (
        False,
        "start: contract: 3 rows break it (1 failed: b)",
    )
    assert many_leagues.outcome(done[::2]) == (True, "2 leagues: a, c")


def test_dask_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FF_TASK_RUNNER", "dask")
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    get_settings.cache_clear()
    try:
        with pytest.raises(ConfigError, match="not installed here"):
            task_runner()
    finally:
        get_settings.cache_clear()
