"""Compare an official output with the official one before it: has it shrunk, is its season new?

The one before is the newest official day of the same product and league or tenant in the mart's
history, not whatever the published file held.
"""

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ShrunkOutput
from ff_analytics.engine.products.run import Run

# A channel that runs out loses its last days one by one; a part with fewer rows may just end.
PART_ROWS = 10
# Names of columns in the counted rows, whatever they are called in the output.
_SCOPE, _PART, _PERIOD = "scope", "part", "period"


@dataclass(frozen=True)
class Before:
    """What was published: rows by scope, part and period, and the day of the newest."""

    day: date
    rows: pl.DataFrame


def _columns(run: Run, there: Collection[str]) -> dict[str, str | None]:
    scope = run.product.scope
    named = {_SCOPE: scope.column, _PART: scope.part, _PERIOD: scope.period}
    return {name: column if column in there else None for name, column in named.items()}


def published_before(run: Run) -> Before | None:
    """Counts of the newest official day up to the run's own; None when there is none.

    Of each league or tenant that the run names, or of all that were published together.
    """
    mart, scope = run.product.mart, run.product.scope
    values = scope.values(run.params)
    with lake.connect(settings=run.settings) as con:
        if not lake.table_exists(con, mart):
            return None
        columns = _columns(run, lake.table_columns(con, mart))
        if scope.column and columns[_SCOPE] is None:
            return None
        chosen = ", ".join(
            f"{lake.quote(column) if column else 'NULL'}::VARCHAR AS {name}"
            for name, column in columns.items()
        )
        one_by_one = "PARTITION BY scope" if values is not None else ""
        wanted = "TRUE" if values is None else "list_contains(?, scope)"
        rows = con.execute(
            f"SELECT *, count(*) AS rows FROM (SELECT {chosen}, snapshot_date FROM "
            f"{lake.quote(mart)}) WHERE snapshot_date <= ? AND {wanted} "
            "GROUP BY scope, part, period, snapshot_date "
            f"QUALIFY snapshot_date = max(snapshot_date) OVER ({one_by_one})",
            [run.snapshot_date, *([] if values is None else [values])],
        ).pl()
    day = rows["snapshot_date"].max()
    return Before(day, rows) if isinstance(day, date) else None


def _counted(run: Run, frame: pl.DataFrame) -> pl.DataFrame:
    """The output's rows counted as those of `Before` are."""
    columns = _columns(run, frame.columns)
    named = [
        pl.col(column).cast(pl.String).alias(name)
        if column
        else pl.lit(None, pl.String).alias(name)
        for name, column in columns.items()
    ]
    return frame.select(named).group_by(list(columns)).agg(rows=pl.len().cast(pl.Int64))


def _sums(rows: pl.DataFrame, *keys: str) -> dict[tuple[str | None, ...], int]:
    return {row[:-1]: row[-1] for row in rows.group_by(keys).agg(pl.col("rows").sum()).iter_rows()}


def _periods(old: pl.DataFrame, new: pl.DataFrame) -> Iterator[tuple[str | None, str, str]]:
    """League or tenant, season before and season now, where they differ."""
    newest = pl.col(_PERIOD).max()
    before = dict(old.group_by(_SCOPE).agg(newest).iter_rows())
    for name, after in new.group_by(_SCOPE).agg(newest).sort(_SCOPE).iter_rows():
        was = before.get(name)
        if was and after and was != after:
            yield name, was, after


def switches(run: Run, old: Before, new: pl.DataFrame) -> list[str]:
    """One sentence for each league or tenant whose season is another one than before."""
    return [
        f"{_named(run, name)}: {run.product.scope.period} is {after} from now on; "
        f"it was {was} in the output of {old.day}."
        for name, was, after in _periods(old.rows, new)
    ]


def _losses(old: pl.DataFrame, new: pl.DataFrame, limit: float) -> Iterator[tuple[str | None, str]]:
    """League or tenant, and what it has lost."""
    now = _sums(new, _SCOPE)
    for (name,), before in sorted(_sums(old, _SCOPE).items(), key=str):
        after = now.get((name,), 0)
        if after < (1 - limit) * before:
            yield name, f"shrinks from {before:,} to {after:,} rows ({after / before - 1:+.0%})"
    parts = _sums(new, _SCOPE, _PART)
    for (name, part), before in sorted(_sums(old, _SCOPE, _PART).items(), key=str):
        if part and before >= PART_ROWS and (name, part) not in parts and (name,) in now:
            yield name, f"has no row of {part} any more ({before:,} before)"


def _named(run: Run, scope: str | None) -> str:
    return f"{run.product.name} of {scope}" if scope else run.product.name


def _confirm(run: Run) -> str:
    given = {
        name: getattr(run.params, name)
        for name in run.product.scope.parameters
        if isinstance(getattr(run.params, name), str)
    }
    direct = "".join(f" --{name} {shlex.quote(value)}" for name, value in given.items())
    deployed = "".join(f" --param {name}={shlex.quote(value)}" for name, value in given.items())
    return (
        f"prefect deployment run '{run.product.deployment}'{deployed} --param accept_shrunk=true, "
        f"or ff run {run.product.name}{direct} --accept-shrunk"
    )


def refuse_shrunk(run: Run, old: Before, new: pl.DataFrame) -> None:
    """Raise `ShrunkOutput` when rows beyond the limit, a whole part or a season would be lost."""
    limit = run.settings.shrink_limit
    lost = [f"{_named(run, name)} {what}" for name, what in _losses(old.rows, new, limit)]
    lost += [
        f"{_named(run, name)} goes back from {run.product.scope.period} {was} to {after}"
        for name, was, after in _periods(old.rows, new)
        if after < was
    ]
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        raise ShrunkOutput(
            f"{'; '.join(lost[:3])}{more}. Not published: an official output may lose at most "
            f"{limit:.0%} of its rows (FF_SHRINK_LIMIT), no whole "
            f"{run.product.scope.part or 'part'} and no season; that of {old.day} stays. Is an "
            f"input half loaded? If it is meant, confirm once: {_confirm(run)}."
        )


def compare_official(run: Run, frame: pl.DataFrame) -> None:
    """Refuse a shrunk official output, and note a new season; nothing for a scenario."""
    old = published_before(run) if run.official else None
    if old is None:
        return
    new = _counted(run, frame)
    if not run.params.accept_shrunk:
        refuse_shrunk(run, old, new)
    run.notices += switches(run, old, new)
