"""Equal failures have equal first lines: alerts of the same hour are held back by them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.nflverse.datasets import PLAYERS
from ff_analytics.engine.base.errors import ContractViolation, SourceMissing, failure_line
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import failure_of
from ff_analytics.engine.ingest.land import land
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.stages.compute import enforce
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.source import Batch, Failure, FetchContext


def broken_output(settings: Settings, run_id: str) -> ContractViolation:
    product = products.load("template")
    run = Run(product, product.params(), settings, run_id=run_id)
    row = {"league": "x", "season": 2025, "position": "QB", "players": 0, "total_points": 1.0}
    frame = pl.DataFrame([row])
    with pytest.raises(ContractViolation) as caught:
        enforce(run, frame.with_columns(snapshot_date=pl.lit(run.snapshot_date)))
    return caught.value


def broken_delivery(settings: Settings, run_id: str) -> ContractViolation:
    context = FetchContext(sources.load("nflverse"), settings, run_id, datetime.now(UTC))
    columns = PLAYERS.contract.create_empty().drop("_origin", strict=False)
    frame = columns.clear(1).with_columns(gsis_id=pl.lit("00-1"), display_name=pl.lit(None))
    batch = Batch(PLAYERS, "", "nflverse", "https://host/file", {}, frame=frame)
    with pytest.raises(ContractViolation) as caught:
        land(batch, context)
    return caught.value


@pytest.mark.parametrize("broken", [broken_output, broken_delivery])
def test_two_runs_fail_with_the_same_first_line(broken: object, lake_settings: Settings) -> None:
    first, second = (broken(lake_settings, run_id) for run_id in ("run-1", "run-2"))  # type: ignore[operator]
    assert failure_line("x", first) == failure_line("x", second)
    assert "run-1" in str(first)


def test_of_many_failed_parts_the_first_line_names_all() -> None:
    parts = [
        Failure("a", ContractViolation("a is broken.\nThe rows are in a file.")),
        Failure("b", SourceMissing("b is missing.")),
    ]
    error = failure_of(parts, "nflverse", 3)
    first, _, details = str(error).partition("\n")
    assert "a: a is broken.; b: b is missing." in first
    assert details == "The rows are in a file."
