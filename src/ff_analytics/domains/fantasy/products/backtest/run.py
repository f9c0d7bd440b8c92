"""The back-test: walk-forward of every model; every forecast is compared with its season."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.checks.played import choose, of_history
from ff_analytics.domains.fantasy.products.backtest import capture
from ff_analytics.domains.fantasy.products.backtest.cells import (
    Measured,
    against_rank,
    cell,
    paired_t,
    ranked_cell,
    total_cell,
)
from ff_analytics.domains.fantasy.projection.data.games import availability
from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.settings import SKILL, Model
from ff_analytics.domains.fantasy.projection.data.table import Floats, Table
from ff_analytics.domains.fantasy.projection.model.walk_forward import (
    PPR,
    Step,
    WalkForward,
    walk_forward,
)
from ff_analytics.engine.base.errors import BrokenInput, ConfigError

HORIZONS = (1, 2, 3)
# Position of measures over the whole league, and target season of means over all of them.
ALL_POSITIONS = "ALL"
ALL_SEASONS = 0
# Seasons of history before the first target, if there are so many: less teaches little.
_LEAD = 6
_FULL_WEEKS = 17
# A target season and two before it.
FEWEST_SEASONS = 3


def window(rows: pl.DataFrame, first: int | None, last: int | None) -> tuple[int, int]:
    """First and last target season: as asked, or the sixth of the data to the last full one.

    `rows` of `marts.mrt_player_season`. Raises `ConfigError` for seasons that are not there or have
    nothing before them, `BrokenInput` for fewer than three seasons.
    """
    played = of_history(rows)
    seasons = sorted(each.season for each in played)
    if len(seasons) < FEWEST_SEASONS:
        raise BrokenInput(
            f"A back-test needs {FEWEST_SEASONS} seasons and more; there are {len(seasons)}. Load "
            "more with ingest/nflverse."
        )
    whole = choose(played, _FULL_WEEKS)
    until = last or (whole.season if whole else seasons[-1])
    start = first if first is not None else min(max(seasons[2], seasons[0] + _LEAD), until)
    if first is None and start == until:
        start = seasons[2]
    if not seasons[2] <= start <= until <= seasons[-1]:
        raise ConfigError(
            f"Target seasons {start} to {until} cannot be tested: the data go from {seasons[0]} to "
            f"{seasons[-1]}, and a target needs two seasons before it. Choose {seasons[2]} to "
            f"{seasons[-1]}, or load more."
        )
    return start, until


def _rows(found: list[Measured], **keys: Any) -> list[dict[str, Any]]:
    return [{**keys, **each._asdict()} for each in found if each.value == each.value]


class _Evaluation:
    """Holds what came, and measures a model's steps against it."""

    def __init__(self, table: Table, rules: Mapping[str, float], first: int, last: int) -> None:
        self.table, self.points = table, table.points(rules)
        self.pools = {name: Pool.of(table, name, self.points) for name in SKILL}
        self.targets = {int(s) for s in table.seasons if first <= s <= last}
        # Sizes of errors next season of who has a ranking, by model and position.
        self.errors: dict[tuple[Model, str], list[Floats]] = {}

    def step(self, model: Model, steps: Mapping[str, Step]) -> list[dict[str, Any]]:
        base = next(iter(steps.values())).base
        rows: list[dict[str, Any]] = []
        for name, step in steps.items():
            share = availability(step.pool).share[step.rows]
            for h in (h for h in HORIZONS if base + h in self.targets):
                found = cell(step, self.pools[name], h)
                found += total_cell(step, self.pools[name], share, h)
                if h == 1:
                    found += ranked_cell(step, self.pools[name])
                    _, forecast, actual = against_rank(step, self.pools[name])
                    errors = self.errors.setdefault((model, name), [])
                    errors.append(np.abs(forecast - actual))
                keys = {"model": model.value, "position": name, "horizon": h}
                rows += _rows(found, **keys, season=base + h)
        return rows + self._lists(model, steps, base)

    def paired(self) -> list[dict[str, Any]]:
        """Per model and position, t of how much smaller its errors are than the rankings'."""
        rows: list[dict[str, Any]] = []
        for (model, name), errors in self.errors.items():
            market = self.errors.get((Model.RANKINGS, name))
            if market is None or model is Model.RANKINGS:
                continue
            theirs, ours = np.concatenate(market), np.concatenate(errors)
            found = [Measured("ranked_t", paired_t(theirs, ours), len(ours))]
            keys = {"model": model.value, "position": name, "horizon": 1}
            rows += _rows(found, **keys, season=ALL_SEASONS)
        return rows

    def _lists(self, model: Model, steps: Mapping[str, Step], base: int) -> list[dict[str, Any]]:
        keys: dict[str, Any] = {"model": model.value, "position": ALL_POSITIONS}
        rows: list[dict[str, Any]] = []
        if set(steps) != set(SKILL) or base + 1 not in self.targets:
            return rows
        found = capture.one_year(self.table, self.points, steps)
        rows += _rows(found, **keys, horizon=1, season=base + 1)
        years = range(1, capture.DYNASTY_YEARS + 1)
        if all(base + h in self.targets for h in years):
            found = capture.dynasty(self.table, self.points, steps)
            # Named by its first year, as a list is.
            rows += _rows(found, **keys, horizon=years[-1], season=base + 1)
        return rows


def _better(rows: pl.DataFrame) -> pl.DataFrame:
    """Per model and cell: 1 for each season in which its MAE is below last season's."""
    mae = rows.filter(pl.col("measure") == "mae")
    base = mae.filter(pl.col("model") == Model.LAST_SEASON.value)
    keys = ["position", "horizon", "season"]
    return mae.join(base.select(*keys, last="value"), on=keys).select(
        "model",
        "position",
        "horizon",
        "season",
        measure=pl.lit("better_than_last_season"),
        value=(pl.col("value") < pl.col("last")).cast(pl.Float64),
        players="players",
    )


def means(rows: pl.DataFrame) -> pl.DataFrame:
    """Means over the seasons, weighted by players, by model, measure, position and horizon."""
    keys = ["model", "measure", "position", "horizon"]
    return rows.group_by(keys).agg(
        value=(pl.col("value") * pl.col("players")).sum() / pl.col("players").sum(),
        players=pl.col("players").sum(),
        season=pl.lit(ALL_SEASONS, dtype=rows.schema["season"]),
    )


def back_test(
    rows: pl.DataFrame,
    first: int,
    last: int,
    models: tuple[Model, ...] = tuple(Model),
    rules: Mapping[str, float] = PPR,
    rankings: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """model, measure, position, horizon, season, value, players: per target season and, with
    season 0, over all of them.

    `rows` of `marts.mrt_player_season`; everything at or before the season that a forecast is made
    in is known to it, everything after is not: the walk-forward cuts the table there.
    """
    table = Table.of(rows.filter(pl.col("season") <= last), rankings)
    if np.isnan(table.ranked).all():
        # Both would be the ridge under another name.
        models = tuple(m for m in models if m not in (Model.RANKINGS, Model.MARKET))
    evaluation = _Evaluation(table, rules, first, last)
    found: list[dict[str, Any]] = []
    for model in models:
        for steps in walk_forward(table, rules, WalkForward(model)):
            found += evaluation.step(model, steps)
    if not found:
        raise BrokenInput(
            f"No target season from {first} to {last} has a season before it with enough players."
        )
    each = pl.DataFrame(found).select(
        "model", "measure", "position", "horizon", "season", "value", "players"
    )
    each = pl.concat([each, _better(each).select(each.columns)])
    paired = pl.DataFrame(evaluation.paired(), schema=each.schema)
    return pl.concat([each, means(each).select(each.columns), paired])
