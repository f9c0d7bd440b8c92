"""A process that writes, reads or holds the lake, for test_many_processes."""

import sys
import time
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing


def write(number: int, commits: int) -> None:
    """Each commit adds one row of its own and touches one row that all writers share."""
    for turn in range(commits):
        frame = pl.DataFrame({"id": [number * 1000 + turn], "writer": [number]})
        who = lake.Provenance(author=f"writer-{number}", message=str(turn))
        done = lake.commit(
            who, partial(lake.upsert, frame=frame, table="raw_test.rows", keys=("id",))
        )
        assert done.value.new == 1


def read(stop: Path) -> None:
    """Counts never fall."""
    seen = 0
    while not stop.exists():
        try:
            rows = lake.read("SELECT count(*) FROM raw_test.rows").item()
        except (duckdb.CatalogException, LakeMissing):
            continue
        assert rows >= seen
        seen = rows
        time.sleep(0.01)


def hold() -> None:
    with lake.exclusive("patient-holder"):
        time.sleep(120)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", number, commits]:
            write(int(number), int(commits))
        case ["read", stop]:
            read(Path(stop))
        case ["hold"]:
            hold()
