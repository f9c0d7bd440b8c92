"""Check that an upstream mart exists, has rows for this run and is fresh."""

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

from ff_analytics.engine import lake
from ff_analytics.engine.checks.result import CheckResult, Status
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.official.renamed import former_names
from ff_analytics.engine.products.product import MartInput

if TYPE_CHECKING:
    from ff_analytics.engine.products.product import Product


def _missing(source: MartInput, check: str, observed: str, hint: str) -> CheckResult:
    return CheckResult(
        check=check,
        subject=source.mart,
        status=Status.SKIPPED if source.allow_empty else Status.ERROR,
        observed=observed,
        expected="published by its product",
        hint=hint,
    )


def run_first(producer: "Product | None", params: Any) -> str:
    """What fills the mart: the deployment, and the same without a server."""
    if producer is None:
        return "No product publishes it: correct the name of the mart in the product's inputs."
    league = getattr(params, "league", None)
    of_league = league is not None and "league" in producer.params.model_fields
    flag, option = (f" --param league={league}", f" --league {league}") if of_league else ("", "")
    return (
        f"Run {producer.deployment} first: prefect deployment run "
        f"'{producer.deployment}'{flag}, or ff run {producer.name}{option}."
    )


def _age(source: MartInput, producer: "Product", newest: date, today: date) -> CheckResult:
    policy, age = producer.freshness, today - newest
    status = Status.OK
    if age > policy.warn:
        status = Status.ERROR if age > policy.error else Status.WARN
    late = status is not Status.OK
    return CheckResult(
        check="freshness",
        subject=source.mart,
        status=status,
        observed=f"newest rows dated {newest}, {age.days} days before this run",
        expected=f"warn above {policy.warn.days} days, error above {policy.error.days} days",
        stale=late,
        hint=f"Run {producer.deployment}; is its schedule active?" if late else "",
    )


def mart_checks(
    con: duckdb.DuckDBPyConnection,
    source: MartInput,
    params: Any,
    today: date,
    *,
    on_the_past: bool,
) -> list[CheckResult]:
    """Results for one input of another product; a run on the past is not asked to be fresh.

    The age is that of the rows which the run would read, against the day that the run stamps.
    """
    producer = products.of_mart(source.mart)
    hint = run_first(producer, params)
    if producer is None or not lake.table_exists(con, source.mart):
        return [_missing(source, "exists", "no such table", hint)]
    there = lake.table_columns(con, source.mart)
    missing = sorted(set(source.columns) - set(there) - set(former_names(there, producer)))
    if missing:
        return [_missing(source, "columns", f"missing {', '.join(missing)}", hint)]
    condition, values = source.where(params) if source.where else ("TRUE", [])
    found = con.execute(
        f"SELECT count(*), max(snapshot_date) FROM {lake.quote(source.mart)} WHERE {condition}",
        values,
    ).fetchone()
    rows, newest = found or (0, None)
    if not rows or newest is None:
        return [_missing(source, "rows", "no row for this run", hint)]
    counted = CheckResult(
        check="rows",
        subject=source.mart,
        status=Status.OK,
        observed=f"{rows:,}",
        expected="at least 1",
    )
    return [counted] if on_the_past else [counted, _age(source, producer, newest, today)]
