"""Bring `raw_league.profiles` and `raw_league.scoring_rules` in line with `leagues/*.yaml`."""

from typing import TYPE_CHECKING

import polars as pl

from ff_analytics import lake, ops
from ff_analytics.fantasy.league import load_profile, profile_names
from ff_analytics.ingest import tables
from ff_analytics.settings import Settings

if TYPE_CHECKING:
    import duckdb

PROFILES = "raw_league.profiles"
RULES = "raw_league.scoring_rules"


def wanted(settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Profiles (league, json) and rules (league, category, points) as the files say."""
    profiles = [load_profile(name, settings) for name in profile_names(settings)]
    rules = [
        {"league": p.name, "category": category, "points": float(points)}
        for p in profiles
        for category, points in p.scoring.items()
    ]
    return (
        pl.DataFrame(
            [{"league": p.name, "json": p.model_dump_json()} for p in profiles],
            schema={"league": pl.String, "json": pl.String},
        ).sort(pl.all()),
        pl.DataFrame(
            rules, schema={"league": pl.String, "category": pl.String, "points": pl.Float64}
        ).sort(pl.all()),
    )


def _same(con: "duckdb.DuckDBPyConnection", table: str, frame: pl.DataFrame) -> bool:
    if not lake.table_exists(con, table):
        return False
    columns = ", ".join(frame.columns)
    return con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").pl().equals(frame)


def sync_leagues(settings: Settings) -> bool:
    """Replace what differs; True when something did. A wrong profile raises `ConfigError`."""
    profiles, rules = wanted(settings)
    with lake.connect(settings=settings) as con:
        con.execute("BEGIN")
        same = _same(con, PROFILES, profiles) and _same(con, RULES, rules)
        # A lake of an older version lacks the tables that came since; models read all of them.
        same = same and not tables.missing(con)
        con.execute("COMMIT")
    if same:
        return False

    def write(con: "duckdb.DuckDBPyConnection") -> None:
        tables.ensure_all(con)
        for table, frame, keys in (
            (PROFILES, profiles, ("league",)),
            (RULES, rules, ("league", "category")),
        ):
            if lake.table_exists(con, table):
                con.execute(f"DELETE FROM {table}")
            lake.upsert(con, frame, table, keys)
            ops.bump_version(con, table)

    lake.commit(
        lake.Provenance(author="leagues", message="league profiles synced from leagues/*.yaml"),
        write,
        settings=settings,
    )
    return True
