"""What a model says of the players of a pool."""

from collections.abc import Callable
from dataclasses import dataclass

from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats


@dataclass(frozen=True)
class Forecast:
    """Arrays of the pool's rows x horizons; nan in rows that no one asks about.

    `points` per game of the training rows and the last season; `residual`: actual minus forecast
    where the horizon's season is known and counts, each row left out of its own fit;
    `data_share`: by row, 0..1. `ranked`: rows whose next season is forecast from a rank, too;
    `scale`: their errors over those of the same rows without it.
    `factors` gives, for the last season's rows, how much of the
    forecast is age and how much the trend of usage.
    """

    points: Floats
    residual: Floats
    data_share: Floats
    factors: Callable[[], tuple[Floats, Floats]]
    ranked: Flags
    scale: float = 1.0
