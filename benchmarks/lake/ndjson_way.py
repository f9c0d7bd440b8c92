"""One way of `benchmarks.lake.ndjson`, in a process of its own; prints the seconds."""

import sys
from time import perf_counter

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.etl import load  # noqa: F401
from ff_analytics.engine.etl.run import run_etl


def main(way: str, source: str, target: str) -> float:
    lake.commit(lake.Provenance(author="benchmark", message="empty"), lambda con: None)
    started = perf_counter()
    if way == "bare":
        pl.scan_ndjson(source).sink_parquet(target)
    else:
        run_etl({"source_url": source, "target_table": target})
    return perf_counter() - started


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
