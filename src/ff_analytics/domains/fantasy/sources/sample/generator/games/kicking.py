"""Kicks: tries after touchdowns, field goals by distance, and one more in overtime."""

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.curves import Floats
from ff_analytics.domains.fantasy.sources.sample.generator.games.lineup import Ints, Rows

BUCKETS = ("0_19", "20_29", "30_39", "40_49", "50_59", "60_")
TRIED = np.array([0.006, 0.235, 0.275, 0.300, 0.172, 0.012])
MADE = np.array([0.995, 0.985, 0.925, 0.785, 0.660, 0.400])
BLOCKED = 0.018


def _attempts(rng: np.random.Generator, side: Ints, accuracy: Floats) -> pl.DataFrame:
    """One row per field goal tried: side, distance in yards, made, blocked."""
    bucket = rng.choice(len(BUCKETS), size=len(side), p=TRIED)
    low = np.array([18, 20, 30, 40, 50, 60])[bucket]
    distance = low + (rng.random(len(side)) * np.array([2, 10, 10, 10, 9, 5])[bucket]).astype(int)
    chance = 1 - (1 - MADE[bucket]) / accuracy**2
    blocked = rng.random(len(side)) < BLOCKED
    return pl.DataFrame(
        {
            "side": side,
            "bucket": bucket,
            "distance": distance,
            "made": ~blocked & (rng.random(len(side)) < chance),
            "blocked": blocked,
        }
    ).with_columns(winner=False)


def _overtime(rng: np.random.Generator, points: Ints) -> pl.DataFrame:
    """A made field goal for one side of every game that is level."""
    half = len(points) // 2
    level = np.flatnonzero(points[:half] == points[half:])
    side = np.where(rng.random(len(level)) < 0.5, level, level + half)
    distance = rng.integers(24, 50, len(level))
    return pl.DataFrame(
        {"side": side, "bucket": distance // 10 - 1, "distance": distance}
    ).with_columns(made=True, blocked=False, winner=True)


def _field_goals(kicks: pl.DataFrame, sides: int) -> pl.DataFrame:
    """Field-goal columns per side, null lists where nothing was tried."""
    made, blocked = pl.col("made"), pl.col("blocked")
    missed = ~made & ~blocked
    won = pl.col("winner")
    kinds = {"made": made, "missed": missed, "blocked": blocked}
    columns: dict[str, pl.Expr] = {"fg_att": pl.len()}
    for kind, chosen in kinds.items():
        columns[f"fg_{kind}"] = chosen.sum()
        columns[f"fg_{kind}_distance"] = pl.col("distance").filter(chosen).sum()
        columns[f"fg_{kind}_list"] = (
            pl.col("distance").filter(chosen).cast(pl.String).str.join(";").replace("", None)
        )
    for kind in ("made", "missed"):
        for code, bucket in enumerate(BUCKETS):
            columns[f"fg_{kind}_{bucket}"] = (kinds[kind] & (pl.col("bucket") == code)).sum()
    columns |= {
        "fg_long": pl.col("distance").filter(made).max(),
        "fg_pct": (made.sum() / pl.len()).round(4),
        "gwfg_att": won.sum(),
        "gwfg_made": won.sum(),
        "gwfg_distance": pl.col("distance").filter(won).sum(),
    }
    table = kicks.group_by("side", maintain_order=True).agg(**columns)
    every = pl.DataFrame({"side": np.arange(sides)})
    counts = [name for name in columns if not name.endswith(("_list", "_long", "_pct"))]
    return every.join(table, on="side", how="left", maintain_order="left").with_columns(
        pl.col(counts).fill_null(0)
    )


def kicking(
    rng: np.random.Generator, rows: Rows, touchdowns: Ints, other_points: Ints, tries: Ints
) -> tuple[pl.DataFrame, Ints]:
    """Kicking columns per side, and the final score of every side.

    `tries` are two-point tries, which replace kicks; no game ends level.
    """
    kicker = rows.of("K")
    accuracy, volume = rows.total(kicker * rows.talent), rows.total(kicker * rows.style)
    pat_att = touchdowns - tries
    pat_blocked = rng.binomial(pat_att, 0.008)
    pat_made = rng.binomial(pat_att - pat_blocked, 1 - 0.05 / accuracy**2)
    # A drive ends in one or the other: many touchdowns leave fewer field goals to try.
    chances = volume * np.clip(2.55 - 0.30 * touchdowns, 0.8, None)
    side = np.repeat(np.arange(rows.sides), rng.poisson(chances))
    kicks = _attempts(rng, side, accuracy[side])
    goals = np.bincount(side, weights=kicks["made"].to_numpy(), minlength=rows.sides)
    points = other_points + pat_made + 3 * goals.astype(np.int64)
    extra = _overtime(rng, points)
    points[extra["side"].to_numpy()] += 3
    table = _field_goals(pl.concat([kicks, extra]), rows.sides).with_columns(
        pat_att=pl.Series(pat_att),
        pat_made=pl.Series(pat_made),
        pat_blocked=pl.Series(pat_blocked),
        pat_missed=pl.Series(pat_att - pat_made - pat_blocked),
        pat_pct=pl.Series(np.where(pat_att > 0, pat_made / np.maximum(pat_att, 1), np.nan))
        .round(4)
        .fill_nan(None),
    )
    return table, points
