"""A keyed merge of changed rows: our lake, `deltalake`, and rewriting the complete Parquet file.

Each way gets the same table (20 loads in order of time, as ingest writes them) and the same
changes: nine in ten are stored rows with other statistics, one in ten is a new key.
"""

from pathlib import Path
from statistics import median
from time import perf_counter

import polars as pl

from benchmarks.lake.upsert_ways import KEYS, Lake, Rewrite, Way, ways
from benchmarks.model import Aim, Options, Result, Table, at_most
from benchmarks.players import WEEKS, player_weeks

_PLAYERS = 1_000
_LOADS = 20
_CHANGED = 10_000
_RECENT, _SCATTERED = "recent", "scattered"


def changes(table: pl.DataFrame, rows: int, spread: str, seed: int) -> pl.DataFrame:
    """`rows` changed rows of the last seasons, or of any season."""
    seasons = -(-rows // (WEEKS * _PLAYERS))
    pool = (
        table
        if spread == _SCATTERED
        else table.filter(pl.col("season") > pl.col("season").max() - seasons)
    )
    taken = pool.sample(rows, seed=seed)
    is_new = pl.int_range(pl.len()) < rows // 10
    return taken.with_columns(
        pl.when(is_new)
        .then(pl.format("new-{}-{}", pl.lit(seed), "player_id"))
        .otherwise("player_id")
        .alias("player_id"),
        pl.col("rushing_yards", "passing_yards", "fantasy_points") + 1000 * seed,
    )


class Bench:
    """One way with its table loaded; `reference` is the expected content of the table."""

    def __init__(self, kind: type[Way], table: pl.DataFrame, folder: Path) -> None:
        folder.mkdir()
        self.way = kind(folder)
        self.table = self.reference = table
        self.seed = 0
        step = -(-table.height // _LOADS)
        for part in table.iter_slices(step):
            self.way.load(part)

    def seconds(self, rows: int, spread: str, repeats: int) -> float:
        """Median seconds of a merge, each with other changes."""
        times = []
        for _ in range(repeats):
            self.seed += 1
            offered = changes(self.table, rows, spread, self.seed)
            started = perf_counter()
            self.way.merge(offered)
            times.append(perf_counter() - started)
            stored = self.reference.join(offered, on=KEYS, how="anti")
            self.reference = pl.concat([stored, offered])
        return median(times)

    def check(self) -> None:
        """Raise unless the table has every merged row exactly once."""
        stored = self.way.read().select(self.reference.columns)
        if not stored.sort(KEYS).equals(self.reference.sort(KEYS)):
            raise AssertionError(f"{self.way.name} did not merge what it was given")


def _sizes(quick: bool) -> tuple[int, ...]:
    return (30,) if quick else (30, 300)


def _compare(options: Options, seasons: int) -> tuple[list[tuple[str | float, ...]], Bench]:
    table = player_weeks(seasons, _PLAYERS, first_season=1700, full=False)
    benches = [Bench(kind, table, options.folder / f"{seasons}-{kind.__name__}") for kind in ways()]
    rows: list[tuple[str | float, ...]] = []
    for spread in (_RECENT, _SCATTERED):
        ours = 0.0
        for bench in benches:
            repeats = 3 if isinstance(bench.way, Rewrite) or options.quick else 7
            seconds = bench.seconds(_CHANGED, spread, repeats)
            ours = ours or seconds
            rows.append(
                (f"{table.height / 1e6:.1f} M", spread, bench.way.name, seconds, seconds / ours)
            )
    for bench in benches:
        bench.check()
    return rows, benches[0]


def _by_change(bench: Bench, quick: bool) -> Table:
    counts = (1_000, 10_000) if quick else (1_000, 10_000, 100_000)
    found = [(n, bench.seconds(n, _RECENT, 3 if quick else 5)) for n in counts]
    return Table(
        title=f"Lake: cost by number of changed rows, recent keys, {bench.table.height:,} stored",
        columns=("changed rows", "seconds"),
        rows=[(n, seconds) for n, seconds in found],
    )


def run(options: Options) -> Result:
    """Merges into half a million and five million stored rows."""
    rows: list[tuple[str | float, ...]] = []
    for seasons in _sizes(options.quick):
        found, ours = _compare(options, seasons)
        rows += found
    by_change = _by_change(ours, options.quick)
    largest = rows[-len(found) :]
    recent = float(next(r[3] for r in largest if r[1:3] == (_RECENT, Lake.name)))
    small = float(next(r[3] for r in rows if r[1:3] == (_RECENT, Lake.name)))
    aims: list[Aim] = []
    if not options.quick:
        aims = [
            at_most("10k recent rows into 5 M, whole commit", recent, 0.3, "s"),
            at_most("the same against 0.5 M stored: ten times the history", recent / small, 2, "x"),
        ]
    notes = [] if len(ways()) == 3 else ["deltalake is not installed: pip install '.[bench]'"]
    return Result(
        name="upsert",
        title=f"{_CHANGED:,} changed rows merged by {', '.join(KEYS)}; {ours.table.width} columns",
        tables=[
            Table(
                title="Seconds of a merge, open to commit, median",
                columns=("stored", "keys", "way", "seconds", "x lake"),
                rows=rows,
            ),
            by_change,
        ],
        aims=aims,
        notes=notes,
    )
