"""`ff sql`: read-only SQL on the lake, today's or a past snapshot's."""

import argparse
import shutil
import sys

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError


def main() -> int:
    """Print the result as a table, or as CSV; 2 when the query or the lake is at fault."""
    parser = argparse.ArgumentParser(prog="ff sql", description=__doc__)
    parser.add_argument(
        "query", nargs="?", help='e.g. "FROM marts.mrt_fantasy_actuals_weekly LIMIT 5"'
    )
    parser.add_argument("--snapshots", action="store_true", help="list the lake's snapshots")
    parser.add_argument(
        "--as-of", type=int, metavar="N", help="read snapshot N instead of the newest"
    )
    parser.add_argument("--csv", action="store_true", help="print CSV instead of a table")
    options = parser.parse_args()
    if not options.query and not options.snapshots:
        parser.error("give a query or --snapshots")
    import duckdb
    import polars as pl

    try:
        if options.snapshots:
            frame = lake.snapshots().drop("extra")
        else:
            frame = lake.read(options.query, snapshot=options.as_of)
    except (FFError, duckdb.Error) as error:
        sys.stderr.write(f"sql: {error}\n")
        return 2
    if options.csv:
        sys.stdout.write(frame.write_csv())
        return 0
    # A mart has 70 columns: as many as can be read, the rest by name or with --csv.
    width = shutil.get_terminal_size((140, 40)).columns
    with pl.Config(
        tbl_rows=200, tbl_cols=max(8, width // 14), tbl_width_chars=width, fmt_str_lengths=60
    ):
        sys.stdout.write(f"{frame}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
