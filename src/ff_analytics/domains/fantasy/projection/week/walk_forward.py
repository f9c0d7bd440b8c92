"""Back-test of weekly points: each week forecast from the weeks before it, beside the rankings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.projection.week.features import features, scores
from ff_analytics.domains.fantasy.projection.week.model import (
    Floats,
    project_position,
    starters,
)

POSITIONS = ("QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB")


@dataclass(frozen=True)
class Cell:
    """Errors of one position on the same player-weeks; points of the league's scoring.

    `t` is a paired t of the absolute errors: beyond 2 ours is closer by more than chance, below
    -2 the rankings are.
    """

    position: str
    player_weeks: int
    share: float
    record: float
    rankings: float
    ours: float
    t: float
    bias: float
    coverage: float

    @property
    def ratio(self) -> float:
        """Our error over that of the rankings alone."""
        return self.ours / self.rankings


def measure(frames: Mapping[str, pl.DataFrame], seasons: Sequence[int]) -> Iterator[Cell]:
    """One cell per position with weekly rankings: the best of each week's list who played."""
    rows = features(frames)
    for position in POSITIONS:
        pool = rows.filter(pl.col("position") == position)
        if scores(pool["points"]) and pool["average"].is_not_null().any():
            cell = _measured(pool, position, seasons)
            if cell is not None:
                yield cell


def _curve(known: pl.DataFrame, asked: pl.DataFrame) -> Floats:
    """Points by a line in the logarithm of the rank, fitted on the same group's earlier weeks."""
    x = np.log(known["average"].to_numpy())[:, None]
    line = np.column_stack([np.ones(len(x)), x])
    slope = np.linalg.lstsq(line, known["points"].to_numpy(), rcond=None)[0]
    there = np.log(asked["average"].to_numpy())[:, None]
    return np.asarray(np.column_stack([np.ones(len(there)), there]) @ slope)


def _measured(pool: pl.DataFrame, position: str, seasons: Sequence[int]) -> Cell | None:
    best = pl.col("average").is_not_null() & (pl.col("ranking") <= starters(position))
    found: list[pl.DataFrame] = []
    for season in seasons:
        earlier = pool.filter((pl.col("season") < season) & best)
        if earlier.is_empty():
            continue
        for week in sorted(pool.filter(pl.col("season") == season)["week"].unique().to_list()):
            now = (pl.col("season") == season) & (pl.col("week") == week)
            before = (pl.col("season") < season) | (
                (pl.col("season") == season) & (pl.col("week") < week)
            )
            asked = pool.filter(now & best)
            if asked.is_empty():
                continue
            actual = asked.select("player_id", actual="points")
            curve = asked.select("player_id").with_columns(
                pl.Series("curve", _curve(earlier, asked))
            )
            made = project_position(pool.filter(before), asked.drop("points"), position)
            found.append(made.join(actual, on="player_id").join(curve, on="player_id"))
    if not found:
        return None
    rows = pl.concat(found)
    came = rows["actual"].to_numpy()
    ours = np.abs(came - rows["points_p50"].to_numpy())
    theirs = np.abs(came - rows["curve"].to_numpy())
    inside = (came >= rows["points_p10"].to_numpy()) & (came <= rows["points_p90"].to_numpy())
    gain = theirs - ours
    played = pool.filter(pl.col("season").is_in(list(seasons)) & (pl.col("points") > 0)).height
    return Cell(
        position=position,
        player_weeks=rows.height,
        share=rows.height / played if played else 0.0,
        record=float(np.abs(came - rows["record"].to_numpy()).mean()),
        rankings=float(theirs.mean()),
        ours=float(ours.mean()),
        t=float(gain.mean() / (gain.std(ddof=1) / np.sqrt(gain.size))),
        bias=float((rows["points"].to_numpy() - came).mean()),
        coverage=float(inside.mean()),
    )


def table(cells: Sequence[Cell], *, markdown: bool) -> str:
    """The cells as a table for the terminal or for docs/weekly.md."""
    head: tuple[str, ...] = ("position", "player-weeks", "share", "last 16", "rankings", "ours")
    head += ("ours/rankings", "t", "bias", "coverage")
    rows = [
        (
            c.position,
            f"{c.player_weeks:,}",
            f"{c.share:.2f}",
            f"{c.record:.3f}",
            f"{c.rankings:.3f}",
            f"{c.ours:.3f}",
            f"{c.ratio:.4f}",
            f"{c.t:.1f}",
            f"{c.bias:+.2f}",
            f"{c.coverage:.3f}",
        )
        for c in cells
    ]
    if markdown:
        line = "| :--- " + "| ---: " * (len(head) - 1) + "|"
        return "\n".join([_line(head), line, *map(_line, rows)])
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join("  ".join(map(str.rjust, row, widths)) for row in (head, *rows))


def _line(row: Sequence[str]) -> str:
    return f"| {' | '.join(row)} |"
