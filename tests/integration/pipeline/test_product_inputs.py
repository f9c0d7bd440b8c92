"""A product that reads the mart of another product: judged at the gate, never rebuilt by it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import BrokenInput, StaleInput
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    newest_rows,
)
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.stages.ingest_check import ingest_check
from ff_analytics.engine.products.stages.load_mart import load_mart, stale_marts
from tests.fakes.small_league import League

VALUATION = "analytics.mrt_player_valuation"
LEAGUE = "dynasty_half_ppr"


class _Params(ProductParams):
    league: str = LEAGUE


def _compute(frames: Mapping[str, pl.DataFrame], params: Any, context: RunContext) -> pl.DataFrame:
    return frames[VALUATION]


def reader(small: League, *, optional: bool = False, **given: Any) -> Run:
    """A run of a product whose only input is the valuation's mart."""
    source = MartInput(
        VALUATION,
        ("player_id", "vor"),
        where=newest_rows(VALUATION, "league"),
        allow_empty=optional,
    )
    product = Product(
        name="reader",
        title="Reader",
        description="Reads another product.",
        output="reader",
        params=_Params,
        inputs=(source,),
        contract_path="ff_analytics.domains.fantasy.products.valuation.contract:PlayerValuation",
        dbt_models="mrt_reader",
        compute=_compute,
    )
    return Run(product, _Params(**given), small.settings, "reads-another")


def test_the_newest_rows_of_the_league_are_read_and_nothing_is_rebuilt(league: League) -> None:
    run = reader(league, snapshot_date=date(2026, 2, 2))
    ingest_check(run)
    assert stale_marts(run, force=True) == {}
    found = load_mart(run).frames[VALUATION]
    assert found.height == league.published().height


def test_old_rows_are_refused_with_the_deployment_to_run(league: League) -> None:
    with pytest.raises(StaleInput, match=r"12 days before.*Run analytics/valuation; is its"):
        ingest_check(reader(league, snapshot_date=date(2026, 2, 13)))


def test_rows_of_three_days_are_a_warning(league: League) -> None:
    run = reader(league, snapshot_date=date(2026, 2, 4))
    ingest_check(run)
    assert "warn above 2 days" in run.warnings[0]


def test_a_league_without_rows_is_told_how_to_get_them(league: League) -> None:
    with pytest.raises(BrokenInput, match="'analytics/valuation' --param league=superflex_tep"):
        ingest_check(reader(league, league="superflex_tep"))


def test_an_optional_mart_that_is_not_there_is_empty_with_its_types(league: League) -> None:
    author = lake.Provenance(author="test", message="drop")
    lake.commit(
        author, lambda con: con.execute(f"DROP TABLE {VALUATION}"), settings=league.settings
    )
    run = reader(league, optional=True)
    ingest_check(run)
    assert load_mart(run).frames[VALUATION].schema == {"player_id": pl.String, "vor": pl.Float64}
