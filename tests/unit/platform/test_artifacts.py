"""What artifacts hold must be JSON, whatever the products' columns are."""

import json
from datetime import date
from decimal import Decimal

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.registry import load
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.report.from_run import meta_of
from tasks.artifacts import cell, summary_markdown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 3, 8), "2026-03-08"),
        (Decimal("12.345000"), 12.35),
        (0.126, 0.13),
        (True, True),
        ("USD", "USD"),
        (None, None),
    ],
)
def test_every_kind_of_value_is_shown(value: object, shown: object) -> None:
    assert json.loads(json.dumps(cell(value))) == shown


def test_a_run_summary_holds_the_command_of_the_report(lake_settings: Settings) -> None:
    """UI and report give the same command, and neither holds a confirmation."""
    product = load("valuation")
    params = product.params.model_validate({"season": 2019, "accept_shrunk": True})
    run = Run(product, params, lake_settings, run_id="r1", snapshot=17)
    run.output = "x.parquet"
    command = meta_of(run, "Title").reproduce
    assert command
    assert "--season 2019" in command
    assert "--as-of 17" in command
    assert "shrunk" not in command
    assert command in summary_markdown(run, run.close()).splitlines()


def test_a_run_that_read_nothing_has_no_command(lake_settings: Settings) -> None:
    product = load("valuation")
    run = Run(product, product.params.model_validate({}), lake_settings, run_id="r1")
    assert "## Reproduce" not in summary_markdown(run, run.close(ConfigError("no lake")))
