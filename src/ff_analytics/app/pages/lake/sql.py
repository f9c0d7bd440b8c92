"""The SQL console: one statement that only reads, its rows, a chart, an export."""

from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.web.figures import shown
from ff_analytics.app.web.grid import frame_export
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.app.web.security import from_elsewhere
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.read.listing import answer
from ff_analytics.engine.read.provenance import Provenance, provenance
from ff_analytics.engine.read.query.limits import Limits
from ff_analytics.engine.read.reader import Reader, Result
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.numbers import number
from ff_analytics.engine.report.svg import Scale

SHOWN = 500
BARS = 40
LIMITS = Limits(rows=50_000)
EXAMPLES = (
    ("Tables and columns", "SHOW ALL TABLES"),
    ("Loads of the last days", "FROM ops.ingest_runs ORDER BY finished_at DESC LIMIT 50"),
    (
        "Best free agents",
        "SELECT player_name, position, vor, auction_value\n"
        "FROM analytics.mrt_player_valuation\n"
        "WHERE franchise IS NULL\nORDER BY vor DESC\nLIMIT 25",
    ),
    (
        "Points by position and season",
        "SELECT season, position, round(sum(fantasy_points)) AS points\n"
        "FROM marts.mrt_fantasy_actuals_weekly\nGROUP BY ALL\nORDER BY season, points DESC",
    ),
)


def _reader(page: Page) -> Reader:
    at = page.reader
    return Reader(at.settings, at.snapshot, at.committed_at, LIMITS)


def chart(frame: pl.DataFrame) -> Markup | None:
    """Bars of the first number by the first text or date; None where there is no such pair."""
    numbers = [c for c, kind in frame.schema.items() if kind.is_numeric()]
    names = [
        c for c, kind in frame.schema.items() if not kind.is_numeric() and not kind.is_nested()
    ]
    if not numbers or not names or frame.is_empty():
        return None
    value, name = numbers[0], names[0]
    rows = [r for r in frame.head(BARS).to_dicts() if r[value] is not None]
    # Decimal and infinite values have no place on the scale as they are.
    pairs = [(shown(r[name], name), r[value]) for r in rows if abs(float(r[value])) < 1e300]
    if not pairs:
        return None
    scale = Scale.covering(float(v) for _, v in pairs)
    bars = [
        (label, v, charts.bar(scale, float(v), f"{label}: {number(float(v), 2)}"))
        for label, v in pairs
    ]
    axis = charts.axis(scale, lambda tick: f"{tick:,g}")
    return part("bars.html.j2", bars=bars, axis=axis, value=value, name=name, total=frame.height)


def console(page: Page) -> Response:
    """The editor; with `q` its result, unless the address came from another site."""
    sql = page.get("q").strip()
    foreign = bool(sql) and from_elsewhere(page.request)
    result: Result | None = None
    known: Provenance | None = None
    trouble: FFError | None = None
    if sql and not foreign:
        try:
            result = answer(_reader(page), sql, getattr(page.request.state, "cancel", None))
        except FFError as error:
            trouble = error
    if result is not None:
        if file := frame_export(page, result.frame, "query"):
            return file
        known = provenance(page.reader, result.tables, result.frame.columns)
    rows: list[dict[str, Any]] = result.frame.head(SHOWN).to_dicts() if result else []
    schema = result.frame.schema if result else {}
    body = part(
        "sql.html.j2",
        page=page,
        sql=sql,
        foreign=foreign,
        result=result,
        trouble=trouble,
        rows=rows,
        columns=list(schema),
        numeric={c for c, kind in schema.items() if kind.is_numeric()},
        known=known,
        chart=chart(result.frame) if result and page.get("chart") else None,
        examples=EXAMPLES,
        limits=LIMITS,
        shown_rows=SHOWN,
    )
    status = 400 if trouble else 200
    lede = "DuckDB SQL on the lake. It can only read; rows, time and memory are bounded."
    return show(
        page, "SQL", body, lede=lede, sources=result.tables if result else (), status=status
    )
