"""The lake's two catalogs under concurrent writers, and its two storages under merges and reads."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import polars as pl
import pytest

from benchmarks.lake.upsert import changes
from benchmarks.lake.upsert_ways import KEYS
from benchmarks.model import Cell, Options, Result, Table
from benchmarks.players import player_weeks
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings, get_settings

_TABLE = "raw_benchmark.player_week"
_WHO = lake.Provenance(author="benchmark", message="merge")
_CHANGED = 10_000


@contextmanager
def _lake(folder: Path, env: dict[str, str]) -> Iterator[Settings]:
    """An empty lake for this process and its children."""
    folder.mkdir(parents=True)
    before = dict(os.environ)
    os.environ.update({"FF_DATA_DIR": str(folder), **env})
    get_settings.cache_clear()
    try:
        yield get_settings()
    finally:
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()


def rate(writers: int, commits: int, folder: Path) -> float:
    """Commits per second of `writers` processes at once, each with a table of its own."""
    lake.commit(_WHO, lambda con: con.execute("CREATE SCHEMA raw_benchmark").fetchall())
    command = [sys.executable, "-m", "benchmarks.lake.lake_writer"]
    running = [
        subprocess.Popen(
            [*command, str(n), str(commits), str(folder)],
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(writers)
    ]
    while len(list(folder.glob("ready-*"))) < writers:
        if any(process.poll() for process in running):
            raise RuntimeError("a writer ended before its start")
        time.sleep(0.05)
    (folder / "start").touch()
    times = [json.loads(process.communicate()[0]) for process in running]
    seconds = max(t["ended"] for t in times) - min(t["begun"] for t in times)
    return float(writers * commits / seconds)


def _rates(options: Options) -> Iterator[tuple[Cell, ...]]:
    from tests.fakes import postgres

    commits = 10 if options.quick else 30
    with postgres.serve() as server:
        for writers in (1, 4) if options.quick else (1, 2, 4, 8):
            found = []
            for kind in ("sqlite", "postgres"):
                name, env = f"{kind}{writers}", {"FF_LAKE_CATALOG": "", "FF_LAKE_DATA": ""}
                if kind == "postgres":
                    server.create(name)
                    env["FF_LAKE_CATALOG"] = f"postgres:{server.dsn(name)}"
                with _lake(options.folder / name, env):
                    found.append(rate(writers, commits, options.folder / name))
            yield (writers, *found)


def _storage(settings: Settings, table: pl.DataFrame, repeats: int) -> tuple[float, float, float]:
    """Seconds to load, to merge changed rows, and to read a season of four columns."""

    def merge(rows: pl.DataFrame) -> float:
        started = perf_counter()
        lake.commit(_WHO, lambda con: lake.upsert(con, rows, _TABLE, KEYS), settings=settings)
        return perf_counter() - started

    def read() -> float:
        started = perf_counter()
        season = table["season"].max()
        columns = "season, week, player_id, fantasy_points"
        rows = lake.read(f"SELECT {columns} FROM {_TABLE} WHERE season = ?", [season])
        assert rows.height > 0
        return perf_counter() - started

    loaded = sum(merge(part) for part in table.iter_slices(-(-table.height // 5)))
    merged = [merge(changes(table, _CHANGED, "recent", seed)) for seed in range(1, repeats + 1)]
    return loaded, median(merged), median([read() for _ in range(repeats + 2)])


def _storages(options: Options) -> Iterator[tuple[Cell, ...]]:
    from tests.fakes import object_store

    table = player_weeks(10 if options.quick else 30, 1_000, first_season=1700, full=False)
    with object_store.serve() as store:
        places = {
            "local": {"FF_LAKE_DATA": ""},
            "S3": {**store.environment, "FF_LAKE_DATA": f"s3://{object_store.BUCKET}/lake"},
        }
        for name, env in places.items():
            with _lake(options.folder / name, {"FF_LAKE_CATALOG": "", **env}) as settings:
                yield (name, table.height, *_storage(settings, table, 3 if options.quick else 7))


def run(options: Options) -> Result:
    """SQLite against Postgres, a local disk against an S3-compatible store on this machine."""
    title = "SQLite against Postgres, local files against S3"
    try:
        rates = list(_rates(options))
    except pytest.skip.Exception as missing:
        return Result(name="lakes", title=title, skipped=str(missing))
    return Result(
        name="lakes",
        title=title,
        tables=[
            Table(
                title="Commits per second, all writers together: ten rows each, a table per writer",
                columns=("writers", "SQLite", "Postgres"),
                rows=rates,
            ),
            Table(
                title=f"Seconds: load in five parts, merge {_CHANGED:,} rows, read one season",
                columns=("files", "stored rows", "load", "merge, median", "read, median"),
                rows=list(_storages(options)),
            ),
        ],
        notes=[
            "Catalog server, object store and writers share the cores of one machine; the store is "
            "moto, a single Python process. On SQLite writers wait, on Postgres they meet "
            "in DuckLake's commit and retry.",
        ],
    )
