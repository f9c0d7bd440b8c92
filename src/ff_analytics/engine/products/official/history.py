"""The official day before, read from the mart's history, and what has changed since."""

from datetime import date
from typing import Any

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.products.diff import OutputDiff
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.stages.compare_output import compare


def _scope(run: Run) -> tuple[str, str, list[Any]]:
    """Column of league or tenant, and the condition of the run's own."""
    column, values = run.product.scope.column, run.product.scope.values(run.params)
    named = lake.quote(column) if column else "1"
    if column is None or values is None:
        return named, "TRUE", []
    return named, f"list_contains(?, {named})", [values]


def day_before(run: Run) -> pl.DataFrame | None:
    """Rows of the newest official day before the run's own, of each league or tenant.

    In the contract's columns as far as the mart has them; None without a mart or such a day.
    """
    mart = run.product.mart
    with lake.connect(settings=run.settings) as con:
        if not lake.table_exists(con, mart):
            return None
        there = lake.table_columns(con, mart)
        scope, wanted, values = _scope(run)
        if run.product.scope.column and run.product.scope.column not in there:
            return None
        columns = [c for c in run.product.contract.column_names() if c in there]
        chosen = ", ".join(lake.quote(column) for column in columns)
        days = (
            f"SELECT {scope} AS scope, max(snapshot_date) FROM {lake.quote(mart)} "
            f"WHERE snapshot_date < ? AND {wanted} GROUP BY 1"
        )
        rows = con.execute(
            f"SELECT {chosen} FROM {lake.quote(mart)} WHERE ({scope}, snapshot_date) IN ({days})",
            [run.snapshot_date, *values],
        ).pl()
    return None if rows.is_empty() else rows


def newest_day(run: Run) -> date | None:
    """The newest official day of the run's league or tenant; None without one."""
    mart = run.product.mart
    with lake.connect(settings=run.settings) as con:
        if not lake.table_exists(con, mart):
            return None
        column, there = run.product.scope.column, lake.table_columns(con, mart)
        if column and column not in there:
            return None
        _, wanted, values = _scope(run)
        row = con.execute(
            f"SELECT max(snapshot_date) FROM {lake.quote(mart)} WHERE {wanted}", values
        ).fetchone()
    return row[0] if row else None


def refuse_rewriting(run: Run) -> None:
    """Raise `ConfigError` when the run names a day before the newest official one.

    Today's data under the date of then would change a history that cannot be computed again.
    """
    if run.params.snapshot_date is None:
        return
    newest = newest_day(run)
    if newest is not None and run.snapshot_date < newest:
        raise ConfigError(
            f"{run.product.name}: snapshot_date {run.snapshot_date} lies before the newest "
            f"official day, {newest}, and an official day is not written again. Leave "
            "snapshot_date out, or look back with as_of."
        )


def _same_period(run: Run, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`before` without leagues whose season is another one now: all of it would have changed."""
    scope, period = run.product.scope.column, run.product.scope.period
    if not period or period not in before.columns:
        return before
    newest = pl.col(period).max()
    if not scope:
        same = before[period].max() == after[period].max()
        return before if same else before.clear()
    both = before.group_by(scope).agg(newest).join(
        after.group_by(scope).agg(newest), on=[scope, period]
    )  # fmt: skip
    return before.filter(pl.col(scope).is_in(both[scope].to_list()))


def changes(run: Run, frame: pl.DataFrame) -> OutputDiff | None:
    """What moved since the official day before; None when there is none to compare with.

    Leagues and tenants that were not there then, or are of another season now, are left out, and
    so are columns that the mart did not have then.
    """
    before = day_before(run) if run.official else None
    if before is None:
        return None
    before = _same_period(run, before, frame)
    if before.is_empty():
        return None
    scope, product = run.product.scope.column, run.product
    after = frame.filter(pl.col(scope).is_in(before[scope].unique().to_list())) if scope else frame
    grown = [c for c in before.columns if before[c].null_count() == before.height]
    keys = product.contract.primary_key()
    old = before.drop([c for c in grown if c not in keys])
    old = old.cast({c: after.schema[c] for c in old.columns if c in after.columns}, strict=False)
    diff = compare(
        old,
        after,
        keys,
        column=product.diff_by or product.sort_by,
        label=product.label,
        precision=product.precision,
    )
    of: dict[str, Any] = {"before_date": before["snapshot_date"].max()}
    if "input_snapshot_id" in before.columns:
        of["before_snapshot"] = before["input_snapshot_id"].max()
    return OutputDiff.model_validate(diff.model_dump() | of)
