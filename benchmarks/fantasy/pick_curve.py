"""Fit the curve of `fantasy/picks.py`: what rookie picks returned, and what hindsight would get.

`python -m benchmarks.fantasy.pick_curve FOLDER` with a folder of nflverse releases
(`stats_player/`, `players/`), seasons 1999 to 2019. Prints the constants; nothing is written.

A rookie's return is the sum of his first five seasons' PPR points above the last starter of a
12-team league (12 QB, 29 RB, 43 WR, 12 TE), in units of the mean next season of the 24 best
players of the season before. In order of expectation (kernel mean by position and log of the
NFL draft slot, his own class left out) the mean by place is what picks returned; in order of
the return itself it is hindsight. Both are fitted as a * exp(-b * (slot - 1)).
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import curve_fit

STARTERS = {"QB": 12, "RB": 29, "WR": 43, "TE": 12}
SEASONS, CLASSES, YEARS = range(1999, 2020), range(1999, 2016), range(1, 6)
STANDARD, PLACES, WIDTH = 24, 60, 0.35


def _people(folder: Path) -> pl.DataFrame:
    players = pl.read_parquet(folder / "players" / "players.parquet")
    return players.select(
        player_id="gsis_id",
        position=pl.col("position").replace({"FB": "RB", "HB": "RB"}),
        pick="draft_pick",
        drafted="draft_year",
    ).filter(pl.col("player_id").is_not_null(), pl.col("position").is_in(list(STARTERS)))


def surplus(folder: Path, people: pl.DataFrame) -> pl.DataFrame:
    """player_id, season and points above the position's last starter, at least 0."""
    columns = ["player_id", "season", "season_type", "fantasy_points_ppr"]
    files = (
        pl.read_parquet(
            folder / "stats_player" / f"stats_player_week_{year}.parquet", columns=columns
        ).with_columns(pl.col("season").cast(pl.Int32))
        for year in SEASONS
    )
    weeks = pl.concat(files, how="vertical_relaxed").filter(pl.col("season_type") == "REG")
    points = (
        weeks.join(people.select("player_id", "position"), on="player_id")
        .group_by("player_id", "season", "position")
        .agg(points=pl.col("fantasy_points_ppr").sum())
    )
    place = pl.col("points").rank("ordinal", descending=True).over("season", "position")
    last = pl.col("points").filter(place == pl.col("position").replace_strict(STARTERS))
    level = last.max().over("season", "position")
    return points.with_columns(value=(pl.col("points") - level).clip(0))


def standards(values: pl.DataFrame) -> dict[int, float]:
    """By season: mean value in the season after it of the best players of that season."""
    best = values.filter(
        pl.col("value").rank("ordinal", descending=True).over("season") <= STANDARD,
        pl.col("season") < SEASONS[-1],
    )
    following = values.select("player_id", pl.col("season") - 1, after="value")
    found = best.join(following, on=["player_id", "season"], how="left")
    means = found.group_by("season").agg(pl.col("after").fill_null(0).mean())
    return dict(means.iter_rows())


def returns(people: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """One row per drafted rookie: y1 to y5, and total, in standard seasons."""
    unit = standards(values)
    rookies = people.filter(pl.col("pick").is_not_null(), pl.col("drafted").is_in(list(CLASSES)))
    year = pl.DataFrame({"year": list(YEARS)}, schema={"year": pl.Int32})
    rows = rookies.join(year, how="cross").with_columns(
        season=(pl.col("drafted") + pl.col("year") - 1).cast(pl.Int32)
    )
    rows = rows.join(
        values.select("player_id", "season", "value"), on=["player_id", "season"], how="left"
    )
    mean = float(np.mean(list(unit.values())))
    each = pl.col("value").fill_null(0) / (pl.col("season") - 1).replace_strict(unit, default=mean)
    rows = rows.with_columns(each=each)
    return rows.group_by("player_id", "position", "drafted", "pick").agg(
        total=pl.col("each").sum(),
        **{f"y{n}": pl.col("each").filter(pl.col("year") == n).sum() for n in YEARS},
    )


def expected(rookies: pl.DataFrame) -> pl.DataFrame:
    """Add what position and draft slot promised, learned from the other classes."""
    parts = []
    for part in rookies.sort("player_id").partition_by("position", maintain_order=True):
        slot = np.log(part["pick"].to_numpy().astype(float))
        near = np.exp(-0.5 * ((slot[:, None] - slot) / WIDTH) ** 2)
        near *= part["drafted"].to_numpy()[:, None] != part["drafted"].to_numpy()
        promise = near @ part["total"].to_numpy() / near.sum(axis=1)
        parts.append(part.with_columns(expected=pl.Series(promise)))
    return pl.concat(parts)


def main(folder: Path) -> None:
    people = _people(folder)
    rookies = expected(returns(people, surplus(folder, people)))
    for name, order in (("returned", "expected"), ("hindsight", "total")):
        place = pl.col(order).rank("ordinal", descending=True).over("drafted")
        curve = (
            rookies.with_columns(place=place)
            .filter(pl.col("place") <= PLACES)
            .group_by("place")
            .agg(pl.col("total").mean(), *(pl.col(f"y{n}").mean() for n in YEARS))
            .sort("place")
        )
        slots = curve["place"].to_numpy().astype(float)
        (a, b), _ = curve_fit(
            lambda k, a, b: a * np.exp(-b * (k - 1)), slots, curve["total"].to_numpy(), (2, 0.05)
        )
        first = curve.filter(pl.col("place") <= STANDARD).select(f"y{n}" for n in YEARS).sum()
        years = np.array(first.row(0)) / sum(first.row(0))
        sys.stdout.write(
            f"{name}: a = {a:.2f}, b = {b:.4f}; by season {np.round(years, 2).tolist()}\n"
        )
    sys.stdout.write(f"{rookies.height} rookies of {CLASSES[0]}-{CLASSES[-1]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
