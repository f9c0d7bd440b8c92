"""Figures that the default model reached, kept with the code: a run that falls behind fails."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.domains.fantasy.products.backtest.run import ALL_SEASONS, means
from ff_analytics.domains.fantasy.projection.data.settings import Model
from ff_analytics.engine.base.errors import ConfigError, ModelRegression, one_line
from ff_analytics.engine.base.forms.problems import checked

FILE = Path(__file__).with_name("stored.json")
# Measures that are kept, and how far each may fall behind before it is no longer noise: the
# provider restates old games, which moves an error by a few thousandths.
TOLERANCE: Mapping[str, float] = {
    "mae": 0.05,
    "spearman": 0.02,
    "coverage": 0.03,
    "capture_24": 0.03,
    "capture_48": 0.03,
    "capture_100": 0.03,
    "dynasty_capture_48": 0.03,
    "dynasty_spearman": 0.03,
}
_NOMINAL = 0.8


class Stored(BaseModel):
    """The kept figures: which model, which target seasons, and the value of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    first_season: int
    last_season: int
    figures: dict[str, float] = Field(description="By measure/position/horizon.")


def load(file: Path = FILE) -> Stored:
    """The figures in `file`; `ConfigError` if there are none that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{file} holds no stored figures: {one_line(str(error))}. ff backtest --store "
            "writes them."
        ) from None
    return checked(Stored, content, str(file))


def figures(rows: pl.DataFrame, model: str, first: int, last: int) -> dict[str, float]:
    """The kept measures of these target seasons; empty unless all of the seasons are there."""
    asked = rows.filter(pl.col("model") == model, pl.col("measure").is_in(list(TOLERANCE)))
    each = asked.filter(pl.col("season").is_between(first, last), pl.col("season") != ALL_SEASONS)
    if set(range(first, last + 1)) - set(each["season"].unique()):
        return {}
    # Lists of three years end with the stored window, not with the run's.
    whole = (pl.col("position") != "ALL") | (pl.col("season") + pl.col("horizon") - 1 <= last)
    return {
        f"{row['measure']}/{row['position']}/{row['horizon']}": row["value"]
        for row in means(each.filter(whole)).to_dicts()
    }


def behind(measure: str, now: float, before: float) -> float:
    """By how much a figure is worse than the stored one; negative when better."""
    if measure == "mae":
        return now - before
    if measure == "coverage":
        return abs(now - _NOMINAL) - abs(before - _NOMINAL)
    return before - now


def regressions(rows: pl.DataFrame, stored: Stored) -> list[str]:
    """One line per figure that is worse than its tolerance allows, worst first."""
    now = figures(rows, stored.model, stored.first_season, stored.last_season)
    worse = []
    for name, before in stored.figures.items():
        measure = name.partition("/")[0]
        if name in now and (by := behind(measure, now[name], before)) > TOLERANCE[measure]:
            worse.append((by / TOLERANCE[measure], f"{name} {now[name]:.3f}, was {before:.3f}"))
    return [line for _, line in sorted(worse, reverse=True)]


def compare(rows: pl.DataFrame, stored: Stored) -> None:
    """Raise `ModelRegression` naming the figures that fell behind.

    `rows` of `back_test`. Runs that do not cover the stored seasons are not compared.
    """
    if lines := regressions(rows, stored):
        more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
        raise ModelRegression(
            f"{len(lines)} of {len(stored.figures)} accuracy figures of {stored.model} on targets "
            f"{stored.first_season}-{stored.last_season} are worse than stored: "
            f"{'; '.join(lines[:3])}{more}. Find the change in code or data that did it (the mart "
            "analytics.mrt_backtest has every week); if it is meant, store the new figures with "
            "ff backtest --store."
        )


def store(rows: pl.DataFrame, file: Path = FILE) -> Stored:
    """Keep the figures of the default model on all target seasons of these rows."""
    seasons = rows.filter(pl.col("season") != ALL_SEASONS)["season"]
    first, last = int(str(seasons.min())), int(str(seasons.max()))
    model = Model.RIDGE.value
    found = {name: round(value, 4) for name, value in figures(rows, model, first, last).items()}
    kept = Stored(
        model=model, first_season=first, last_season=last, figures=dict(sorted(found.items()))
    )
    file.write_text(kept.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return kept
