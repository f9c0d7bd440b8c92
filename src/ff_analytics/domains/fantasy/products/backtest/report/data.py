"""Figures of a back-test, to look up by model, measure, position and horizon."""

from dataclasses import dataclass

import polars as pl

from ff_analytics.domains.fantasy.products.backtest.run import ALL_SEASONS, HORIZONS
from ff_analytics.domains.fantasy.projection.data.settings import SKILL, Model

DEFAULT = Model.RIDGE.value
MARKET = Model.MARKET.value
BASELINES = (Model.LAST_SEASON.value,)
CELLS = tuple((position, horizon) for horizon in HORIZONS for position in SKILL)


@dataclass(frozen=True)
class Figures:
    """Values by (model, measure, position, horizon, season); season 0 is the mean of all."""

    values: dict[tuple[str, str, str, int, int], float]
    # Player seasons with a ranking, by position.
    ranked: dict[str, int]
    models: tuple[str, ...]
    first: int
    last: int

    def has(self, model: str, measure: str, position: str, horizon: int) -> bool:
        return (model, measure, position, horizon, ALL_SEASONS) in self.values

    def known(self, cell: tuple[str, int]) -> bool:
        return self.has(DEFAULT, "mae", *cell)

    def value(
        self, model: str, measure: str, position: str, horizon: int, season: int = ALL_SEASONS
    ) -> float:
        """The figure; nan where it is not known."""
        return self.values.get((model, measure, position, horizon, season), float("nan"))

    def error(self, model: str, cell: tuple[str, int]) -> float:
        return self.value(model, "mae", *cell)

    def row(self, measure: str, position: str, horizon: int) -> list[tuple[float, bool]]:
        """A value per model, and whether it is the best of them."""
        found = [self.value(model, measure, position, horizon) for model in self.models]
        known = [value for value in found if value == value]
        best = (min if measure.endswith("mae") else max)(known, default=float("nan"))
        return [(value, value == best) for value in found]

    def by_season(
        self, measure: str, horizon: int, models: tuple[str, ...]
    ) -> list[tuple[int, list[tuple[float, ...]]]]:
        """Per target season, the values of the models for each position."""
        return [
            (
                season,
                [tuple(self.value(m, measure, p, horizon, season) for m in models) for p in SKILL],
            )
            for season in range(self.first, self.last + 1)
        ]


def read(frame: pl.DataFrame) -> Figures:
    """From rows of the contract `BackTest`."""
    keys = frame.select("model", "measure", "position", "horizon", "target_season", "value").rows()
    present = set(frame["model"])
    ranked = frame.filter(measure="ranked_mae", model=MARKET, target_season=ALL_SEASONS)
    return Figures(
        values={row[:5]: row[5] for row in keys},
        ranked={row["position"]: row["players"] for row in ranked.to_dicts()},
        models=tuple(model.value for model in Model if model.value in present),
        first=int(str(frame["first_season"][0])),
        last=int(str(frame["last_season"][0])),
    )
