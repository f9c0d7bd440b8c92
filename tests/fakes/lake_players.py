"""Players put into the lake by hand, for tests that look names up."""

import duckdb
import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.ingest import tables
from ff_analytics.engine.lake import ops

NAMES = ("gsis_id", "display_name", "position", "latest_team", "rookie_season", "last_season")


def load_players(*people: tuple[object, ...], origin: str = "nflverse") -> None:
    """Put players into the lake, as ingest/nflverse does."""
    schema = tables.registered()["raw_nflverse.players"].contract.create_empty().schema
    rows = [dict(zip((*NAMES, "espn_id"), who, strict=True)) for who in people]
    frame = pl.DataFrame([row | {"_origin": origin} for row in rows], schema=schema)

    def work(con: duckdb.DuckDBPyConnection) -> None:
        tables.ensure_all(con)
        lake.upsert(con, frame, "raw_nflverse.players", ("gsis_id",))
        ops.bump_version(con, "raw_nflverse.players")

    lake.commit(lake.Provenance(author="test", message="players"), work)
