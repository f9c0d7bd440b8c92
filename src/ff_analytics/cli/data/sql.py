"""`ff sql`: read-only SQL on the lake, today's or a past snapshot's."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, note, out
from ff_analytics.cli.options import PLAIN

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
  ff sql --json "SHOW TABLES" """,
    **PLAIN,
)


def _table(frame: "pl.DataFrame") -> str:
    import shutil

    import polars as pl

    # A mart has 70 columns: as many as can be read, the rest by name or with --csv.
    width = shutil.get_terminal_size((140, 40)).columns
    with pl.Config(
        tbl_rows=200, tbl_cols=max(8, width // 14), tbl_width_chars=width, fmt_str_lengths=60
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
    from ff_analytics.engine.read.query.limits import Limits
    from ff_analytics.engine.read.reader import reader

    if snapshots:
        frame = lake.snapshots().drop("extra")
    else:
        settings = get_settings()
        limits = Limits(rows=5_000_000, seconds=600, memory_mb=4096, result_mb=2048)
        # Refused rows lie in files below the data folder, beside the lake.
        known = reader(as_of, settings=settings, limits=limits)
        found = known.query(query or "", folders=[settings.data])
        frame = found.frame
        if found.truncated:
            note(f"ff sql: cut, {found.truncated} of the result. Filter, or aggregate.")
    if csv:
        out(frame.write_csv().rstrip("\n"))
    elif as_json:
        out(frame.write_json())
    else:
        out(_table(frame))
    return 0
