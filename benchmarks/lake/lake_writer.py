"""One writer of `benchmarks.lake.lakes`: waits for the start, commits, prints its duration."""

import json
import sys
import time
from functools import partial
from pathlib import Path

import polars as pl

from ff_analytics.engine import lake


def main(number: str, commits: str, folder: str) -> None:
    """`commits` upserts of ten rows, each a transaction; prints the times of the first and last."""
    who = lake.Provenance(author=f"writer-{number}", message="benchmark")
    # The first commit of a process loads DuckDB's extensions.
    lake.read("SELECT 1")
    start = Path(folder) / "start"
    (Path(folder) / f"ready-{number}").touch()
    while not start.exists():
        time.sleep(0.005)
    begun = time.time()
    for turn in range(int(commits)):
        first = turn * 10
        frame = pl.DataFrame({"id": range(first, first + 10), "value": [turn] * 10})
        table = f"raw_benchmark.writer_{number}"
        lake.commit(who, partial(lake.upsert, frame=frame, table=table, keys=("id",)))
    sys.stdout.write(json.dumps({"begun": begun, "ended": time.time()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
