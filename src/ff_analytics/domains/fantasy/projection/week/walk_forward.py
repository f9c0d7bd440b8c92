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

# Player-weeks below which a position is not measured.
FEWEST = 100
POSITIONS = ("QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB")


@dataclass(frozen=True)
class Cell:
    """Errors of one position on the same player-weeks; points of the league's scoring.

    `t` is a paired t of the absolute errors: beyond 2 ours is closer by more than chance, below
    -2 the rankings are.
    """

    position: str
    players: int
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
    for cell, _ in measure_by_season(frames, seasons, each=False):
        yield cell


def measure_by_season(
    frames: Mapping[str, pl.DataFrame], seasons: Sequence[int], *, each: bool = True
) -> Iterator[tuple[Cell, int]]:
    """Cells with their season; 0 is all of them together."""
    rows = features(frames)
    for position in POSITIONS:
        pool = rows.filter(pl.col("position") == position)
        if not scores(pool["points"]) or not pool["average"].is_not_null().any():
            continue
        made = _forecasts(pool, position, seasons)
        if made is None or made.height < FEWEST:
            continue
        played = pool.filter(pl.col("points") > 0)
        asked = played.filter(pl.col("season").is_in(list(seasons)))
        yield _cell(made, position, asked.height), 0
        for season in sorted(made["season"].unique().to_list()) if each else ():
            now = pl.col("season") == season
            yield _cell(made.filter(now), position, played.filter(now).height), int(season)


def _curve(known: pl.DataFrame, asked: pl.DataFrame) -> Floats:
    """Points by a line in the logarithm of the rank, fitted on the same group's earlier weeks."""
    x = np.log(known["average"].to_numpy())[:, None]
    line = np.column_stack([np.ones(len(x)), x])
    slope = np.linalg.lstsq(line, known["points"].to_numpy(), rcond=None)[0]
    there = np.log(asked["average"].to_numpy())[:, None]
    return np.asarray(np.column_stack([np.ones(len(there)), there]) @ slope)


def _forecasts(pool: pl.DataFrame, position: str, seasons: Sequence[int]) -> pl.DataFrame | None:
    """Starters of each week with forecast, actual points and the rankings' points."""
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
    return pl.concat(found) if found else None


def _cell(rows: pl.DataFrame, position: str, played: int) -> Cell:
    came = rows["actual"].to_numpy()
    ours = np.abs(came - rows["points_p50"].to_numpy())
    theirs = np.abs(came - rows["curve"].to_numpy())
    inside = (came >= rows["points_p10"].to_numpy()) & (came <= rows["points_p90"].to_numpy())
    gain = theirs - ours
    spread = float(gain.std(ddof=1)) if gain.size > 1 else 0.0
    return Cell(
        position=position,
        players=rows["player_id"].n_unique(),
        player_weeks=rows.height,
        share=rows.height / played if played else 0.0,
        record=float(np.abs(came - rows["record"].to_numpy()).mean()),
        rankings=float(theirs.mean()),
        ours=float(ours.mean()),
        t=float(gain.mean() / (spread / np.sqrt(gain.size))) if spread else 0.0,
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
