"""NDJSON to the lake through the Enterprise Data Pipeline, against a bare Polars scan and sink."""

import json
import os
from pathlib import Path
from statistics import median

from benchmarks import child
from benchmarks.model import Options, Result, Table, at_most

# Size of the file in MB; BENCHMARK_MB changes it, --quick takes a tenth.
MEGABYTES = int(os.environ.get("BENCHMARK_MB", "1000"))
PEAK_MB = 600


def write(file: Path, megabytes: int) -> int:
    """Rows of seven columns, about 113 bytes each; returns how many."""
    rows = megabytes * 1_000_000 // 113
    with file.open("w") as out:
        for n in range(rows):
            out.write(
                f'{{"id":{n},"day":"2026-11-{n % 28 + 1:02d}","region":"r{n % 7}",'
                f'"clicks":{n % 1000},"spend":{n * 37 % 99991 / 100},"ok":{json.dumps(n % 3 > 0)},'
                f'"note":"some text {n}"}}\n'
            )
    return rows


def run(options: Options) -> Result:
    """Both ways in their own processes, alternating."""
    file = options.folder / "rows.ndjson"
    size = MEGABYTES // 10 if options.quick else MEGABYTES
    rows = write(file, size)
    bare, ours = [], []
    for turn in range(3):
        env = {
            "FF_DATA_DIR": str(options.folder / f"data-{turn}"),
            "FF_LAKE_CATALOG": "",
            "FF_FILE_SOURCES": str(options.folder),
        }
        target = options.folder / "bare.parquet"
        bare.append(child.run("lake.ndjson_way", "bare", str(file), str(target), env=env))
        ours.append(child.run("lake.ndjson_way", "pipeline", file.as_uri(), "public.rows", env=env))
    seconds = {"bare": [d.value for d in bare], "pipeline": [d.value for d in ours]}
    peak = {"bare": max(d.peak_mb for d in bare), "pipeline": max(d.peak_mb for d in ours)}
    medians = {way: median(found) for way, found in seconds.items()}
    return Result(
        name="ndjson",
        title="NDJSON into the lake",
        tables=[
            Table(
                title=f"{file.stat().st_size / 1e6:,.0f} MB, {rows:,} rows, median of 3",
                columns=("", "seconds", "MB/s", "peak memory, MB"),
                rows=[
                    (way, medians[way], size / medians[way], round(peak[way])) for way in medians
                ],
            )
        ],
        aims=[
            at_most("time against bare Polars", medians["pipeline"] / medians["bare"], 2.0, "x"),
            at_most("peak memory", peak["pipeline"], PEAK_MB, "MB"),
        ],
        notes=[
            "Bare is scan_ndjson and sink_parquet. The pipeline also hashes the file, checks every "
            "row against the inferred types, reconciles the counts and commits to the lake.",
            "Libraries are imported before the clock starts, on both sides.",
        ],
    )
