"""Valuation by number of mart rows: seconds and memory per stage, against a script by hand."""

from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from benchmarks import child
from benchmarks.model import Aim, Cell, Options, Result, Table, at_most
from ff_analytics.engine.lake.attach.extensions import extension_directory

STAGES = ("ingest-check", "load-mart", "compute", "write-parquet", "build-dbt-marts")
# What the script by hand does too: read, compute, write.
SAME = STAGES[1:4]
# Columns of both outputs; the script calls the season's points just points.
CORE = (
    "total_points",
    *(
        "games",
        "points_per_game",
        "position_rank",
        "overall_rank",
        "tier",
        "auction_value",
        "salary",
    ),
    *("replacement_level", "replacement_points", "vor", "vorp", "war", "p10", "p50", "p90"),
    *("scarcity_dropoff", "vor_slope", "positional_scarcity_adjustment"),
)
TOLERANCE = 1e-6


def assert_equal(product: Path, script: Path) -> None:
    """Raise unless both files have the same players with the same core numbers."""
    ours = pl.read_parquet(product)
    theirs = pl.read_parquet(script).rename({"points": "total_points", "ppg": "points_per_game"})
    both = ours.join(theirs, on="player_id", suffix="_script")
    if not ours.height == theirs.height == both.height:
        raise AssertionError(f"{ours.height} players against {theirs.height} by hand")
    for column in CORE:
        left, right = (both[n].cast(pl.Float64) for n in (column, f"{column}_script"))
        worst = (left - right).abs().max()
        if not (left.is_null() == right.is_null()).all() or float(worst or 0) > TOLERANCE:  # type: ignore[arg-type]
            raise AssertionError(f"{column} differs by up to {worst!s}")


def _one_size(folder: Path, rows: int, repeats: int) -> dict[str, Any]:
    """Medians of stages and script over `repeats` processes each, after one for the caches."""
    env = {"FF_DATA_DIR": str(folder), "FF_LAKE_CATALOG": "", "FF_LAKE_DATA": ""}
    child.run("scale.scale_lake", str(rows), env=env)
    lake, target = folder / "lake", folder / "by-hand.parquet"
    where = (f"sqlite:{lake / 'catalog.sqlite'}", str(lake / "files"), str(target))
    stages, scripts = [], []
    child.run("scale.scale_product", env=env)
    for _ in range(repeats):
        done = child.run("scale.scale_product", env=env)
        stages.append({name: tuple(v) for name, v in done.value["stages"].items()})
        scripts.append(child.run("scale.scale_script", *where, str(extension_directory())).value)
    assert_equal(Path(done.value["output"]), target)
    return {
        "rows": rows,
        "players": scripts[0]["rows"],
        "seconds": {s: median(run[s][0] for run in stages) for s in STAGES},
        "peak": {s: median(run[s][1] for run in stages) for s in STAGES},
        "script": median(script["seconds"] for script in scripts),
        "script_peak": median(script["peak_mb"] for script in scripts),
    }


def _same(size: dict[str, Any]) -> float:
    return float(sum(size["seconds"][stage] for stage in SAME))


def _aims(sizes: list[dict[str, Any]]) -> list[Aim]:
    aims = [
        at_most(
            f"{s['rows'] / 1e6:g} M rows: read, compute, write against the script",
            _same(s) / s["script"],
            1.3,
            "x",
        )
        for s in sizes
    ]
    for small, large in pairwise(sizes):
        times = large["rows"] / small["rows"]
        growth = sum(large["seconds"].values()) / sum(small["seconds"].values())
        what = f"growth of all stages, {small['rows'] / 1e6:g} to {large['rows'] / 1e6:g} M rows"
        aims.append(at_most(what, growth, times, "x"))
    return aims


def run(options: Options) -> Result:
    """Three sizes, each a factor of ten apart."""
    plan = ((150_000, 5), (1_500_000, 3), (15_000_000, 2))
    sizes = [
        _one_size(options.folder / str(rows), rows, 1 if options.quick else repeats)
        for rows, repeats in (plan[:2] if options.quick else plan)
    ]
    columns = ("", *(f"{s['rows'] / 1e6:g} M rows" for s in sizes))
    seconds: list[tuple[Cell, ...]] = [
        *((stage, *(s["seconds"][stage] for s in sizes)) for stage in STAGES),
        ("read + compute + write", *(_same(s) for s in sizes)),
        ("script by hand: the same", *(s["script"] for s in sizes)),
        ("ratio to the script", *(_same(s) / s["script"] for s in sizes)),
        ("all five stages", *(sum(s["seconds"].values()) for s in sizes)),
    ]
    memory: list[tuple[Cell, ...]] = [
        *((stage, *(round(s["peak"][stage]) for s in sizes)) for stage in STAGES),
        ("script by hand", *(round(s["script_peak"]) for s in sizes)),
    ]
    players = ", ".join(f"{s['players']:,}" for s in sizes)
    return Result(
        name="scale",
        title="valuation by number of mart rows",
        tables=[
            Table(title="Seconds, median", columns=columns, rows=seconds),
            Table(title="Peak memory, MB", columns=columns, rows=memory),
        ],
        aims=_aims(sizes),
        notes=[
            f"Every row is in the season and league that is valued: {players} players x 17 weeks. "
            "A real mart has many seasons, of which a run reads one.",
            f"The script makes {len(CORE)} core columns, equal within {TOLERANCE:g}; not dynasty "
            "value, mixture tiers, market gap, contract check and metadata, which the product's "
            "seconds include.",
            "Libraries are imported before the clock starts, on both sides.",
        ],
    )
