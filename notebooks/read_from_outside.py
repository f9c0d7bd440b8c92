"""Read the lake from outside: plain DuckDB and plain Polars, nothing of this project."""

import marimo

app = marimo.App(width="medium", app_title="Read the lake from outside")


@app.cell
def _():
    import os
    import sys
    from pathlib import Path

    import duckdb
    import marimo as mo
    import polars as pl

    return Path, duckdb, mo, os, pl, sys


@app.cell
def _(Path, mo, os, sys):
    root = Path(__file__).resolve().parents[1]
    data = Path(os.environ.get("FF_DATA_DIR", root / "data"))
    data = data if data.is_absolute() else root / data
    # scripts/bootstrap and the first command put DuckDB's extensions here, from pinned packages.
    extensions = Path(sys.prefix) / "duckdb_extensions"
    mo.md(
        """
        # Read the lake from outside

        The lake is a [DuckLake](https://ducklake.select): Parquet files and a SQLite catalog. Any
        DuckDB of the same version reads it, beside running flows; `READ_ONLY` keeps it that way.
        """
    )
    return data, extensions


@app.cell
def _(data, duckdb, extensions):
    con = duckdb.connect(config={"extension_directory": str(extensions)})
    con.sql(f"ATTACH 'ducklake:sqlite:{data}/lake/catalog.sqlite' AS lake (READ_ONLY)")
    tables = con.sql(
        "SELECT schema_name AS schema, table_name AS name, estimated_size AS rows "
        "FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY ALL"
    ).pl()
    tables
    return (con,)


@app.cell
def _(con, mo):
    best = con.sql(
        "SELECT player_name, position, vor, auction_value "
        "FROM lake.analytics.mrt_player_valuation "
        "QUALIFY snapshot_date = max(snapshot_date) OVER (PARTITION BY league) "
        "ORDER BY vor DESC LIMIT 10"
    ).pl()
    mo.vstack([mo.md("## A table, as a Polars frame"), best])
    return (best,)


@app.cell
def _(con, mo):
    snapshots = con.sql(
        "SELECT snapshot_id, snapshot_time, author, commit_message "
        "FROM lake.snapshots() ORDER BY snapshot_id DESC LIMIT 10"
    ).pl()
    mo.vstack(
        [
            mo.md(
                "## Its history\n\n`FROM lake.core.dim_player AT (VERSION => 40)` reads a past one."
            ),
            snapshots,
        ]
    )
    return


@app.cell
def _(data, mo, pl):
    # Every run replaces this file in one step: a reader sees the old or the new one.
    file = data / "analytics" / "player_valuation" / "latest.parquet"
    mo.stop(not file.exists(), mo.md("No valuation is published yet. Run `ff run valuation`."))
    values = pl.scan_parquet(file)
    by_position = (
        values.group_by("position")
        .agg(pl.len().alias("players"), pl.col("vor").max(), pl.col("auction_value").sum())
        .sort("vor", descending=True)
        .collect()
    )
    facts = {k: v for k, v in pl.read_parquet_metadata(file).items() if k != "ARROW:schema"}
    mo.vstack([mo.md("## A published file, with Polars alone"), by_position, facts])
    return (by_position,)


if __name__ == "__main__":
    app.run()
