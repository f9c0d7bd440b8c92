"""`ff sql`: read-only SQL on the lake, today's or a past snapshot's."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, note, out, width
from ff_analytics.cli.options import PLAIN
from ff_analytics.platform.local.readable import json_text

if TYPE_CHECKING:
    import polars as pl

app = App(
    name="sql",
    help_epilogue="""\
Examples:
  ff sql "FROM marts.mrt_fantasy_actuals_weekly LIMIT 5"
  ff sql --snapshots                          ids and times for --as-of
  ff sql --as-of 52 "SELECT count(*) FROM raw_nflverse.player_week"
  ff sql --csv "FROM analytics.mrt_player_valuation" > values.csv
  ff sql "SHOW TABLES"                        every table with schema and rows
  ff sql --json "DESCRIBE marts.mrt_fantasy_actuals_weekly" """,
    **PLAIN,
)


_ROWS = 200
# Below this width a table of more than three columns cannot be read.
_NARROW = 72


def _records(frame: "pl.DataFrame") -> str:
    """Each row as a block of `column  value`, for narrow terminals."""
    wide = max(map(len, frame.columns))
    blocks = [
        "\n".join([f"-- row {number}", *(f"{n.ljust(wide)}  {v}" for n, v in row.items())])
        for number, row in enumerate(frame.head(_ROWS).iter_rows(named=True), 1)
    ]
    return "\n".join([*blocks, f"{frame.height:,} rows"])


def _table(frame: "pl.DataFrame") -> str:
    import polars as pl

    if frame.columns == ["explain_key", "explain_value"]:
        return "\n".join(frame["explain_value"])
    # A mart has 70 columns: as many as can be read, the rest by name or with --csv.
    limit = width()
    if limit < _NARROW and frame.width > 3:
        return _records(frame)
    with pl.Config(
        tbl_rows=_ROWS, tbl_cols=max(8, limit // 14), tbl_width_chars=limit, fmt_str_lengths=60
    ):
        return str(frame)


@app.default
def sql(
    query: Annotated[str | None, Parameter(help="SQL of DuckDB; tables of the lake.")] = None,
    *,
    snapshots: Annotated[bool, Parameter(help="List the lake's snapshots.")] = False,
    as_of: Annotated[
        int | None, Parameter(help="Read this snapshot instead of the newest.")
    ] = None,
    csv: Annotated[bool, Parameter(help="Print CSV instead of a table.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
) -> int:
    """Print the rows; 1 when the lake is at fault, 2 when the query is."""
    if not query and not snapshots:
        raise UsageError('give a query or --snapshots: ff sql "FROM marts.mrt_player_season".')
    from ff_analytics.engine import lake
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.read.listing import answer
    from ff_analytics.engine.read.query.limits import Limits
    from ff_analytics.engine.read.reader import reader

    if snapshots:
        frame = lake.snapshots().drop("extra")
    else:
        settings = get_settings()
        limits = Limits(rows=5_000_000, seconds=600, memory_mb=4096, result_mb=2048)
        # Refused rows lie in files below the data folder, beside the lake.
        known = reader(as_of, settings=settings, limits=limits)
        found = answer(known, query or "", folders=[settings.data])
        frame = found.frame
        if found.truncated:
            note(f"ff sql: cut, {found.truncated} of the result. Filter, or aggregate.")
    if csv:
        out(frame.write_csv().rstrip("\n"))
    elif as_json:
        out(json_text(frame.write_json()))
    else:
        out(_table(frame))
    return 0
