"""Player-seasons as arrays: what every league shares, built once per run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.projection.data.columns import HISTORY, LABELS
from ff_analytics.domains.fantasy.projection.data.settings import HORIZON

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNDRAFTED = 260.0
_PLAUSIBLE_AGES = (15.0, 60.0)
_SPAN = 10_000


def season_games(weeks: pl.Expr) -> pl.Expr:
    """Games of a team in so many weeks; a full season has one week off."""
    return pl.when(weeks >= 17).then(weeks - 1).otherwise(weeks)


def with_absences(rows: pl.DataFrame) -> pl.DataFrame:
    """Add a row of nothing for whoever played a season and not the next one that is there."""
    seasons = rows.select("season", "weeks").unique("season")
    statistics = [c for c in rows.columns if c in CATEGORIES or c in ("games", "late_touches")]
    after = (
        rows.drop("weeks")
        .with_columns(
            pl.col("season") + 1, *(pl.lit(0).cast(rows[c].dtype).alias(c) for c in statistics)
        )
        .join(seasons, on="season")
        .join(rows, on=["player_id", "season"], how="anti")
    )
    return pl.concat([rows, after.select(rows.columns)]).sort("player_id", "season")


def _ranked(rows: pl.DataFrame, rankings: pl.DataFrame | None) -> Floats:
    """Rank of each row's player before the season after the row's; nan without one."""
    if rankings is None or rankings.is_empty():
        return np.full(rows.height, np.nan)
    before = rankings.select(
        "player_id",
        "position",
        (pl.col("season") - 1).cast(rows.schema["season"]),
        pl.col("position_rank").cast(pl.Float64),
    )
    joined = rows.select("player_id", "position", "season").join(
        before, on=["player_id", "position", "season"], how="left", maintain_order="left"
    )
    return np.asarray(joined["position_rank"].fill_null(np.nan).to_numpy())


@dataclass(frozen=True)
class Table:
    """Arrays of equal length, one element per player and season, by player and then season.

    `games` of `full`, the games of a team; `age` on 1 September, nan when unknown; `pick` of the
    draft, 260 for none; `ranked`: rank at the position before the season that follows, nan
    without one; `statistics`: one column per scoring category.
    """

    labels: pl.DataFrame
    player: Ints
    season: Ints
    position: NDArray[np.str_]
    games: Floats
    full: Floats
    age: Floats
    experience: Floats
    pick: Floats
    late_touches: Floats
    ranked: Floats
    statistics: Floats

    @classmethod
    def of(cls, frame: pl.DataFrame, rankings: pl.DataFrame | None = None) -> "Table":
        """From rows of `marts.mrt_player_season` with the columns `columns.HISTORY`.

        `rankings`: rows of `marts.mrt_preseason_ranking`, as `columns.RANKINGS_INPUT` reads them.
        """
        rows = with_absences(frame.select(HISTORY))
        first = pl.min_horizontal("rookie_season", pl.col("season").min().over("player_id"))
        days = (pl.date(pl.col("season"), 9, 1) - pl.col("birth_date")).dt.total_days()
        made = rows.select(
            player=pl.col("player_id").rle_id(),
            full=season_games(pl.col("weeks")),
            age=days / 365.25,
            experience=(pl.col("season") - first).clip(0, 12),
            pick=pl.col("draft_pick").cast(pl.Float64).fill_null(UNDRAFTED).clip(1, UNDRAFTED),
        )
        age = made["age"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        low, high = _PLAUSIBLE_AGES
        return cls(
            labels=rows.select(LABELS),
            player=made["player"].cast(pl.Int64).to_numpy(),
            season=rows["season"].cast(pl.Int64).to_numpy(),
            position=rows["position"].to_numpy().astype(np.str_),
            games=rows["games"].cast(pl.Float64).to_numpy(),
            full=made["full"].cast(pl.Float64).to_numpy(),
            age=np.where((age >= low) & (age <= high), age, np.nan),
            experience=made["experience"].cast(pl.Float64).to_numpy(),
            pick=made["pick"].to_numpy(),
            late_touches=rows["late_touches"].cast(pl.Float64).to_numpy(),
            ranked=_ranked(rows, rankings),
            statistics=rows.select(pl.col(CATEGORIES).cast(pl.Float64)).to_numpy(),
        )

    def until(self, season: int) -> "Table":
        """What was known when that season had ended: no row after it."""
        return self._rows(self.season <= season)

    def only(self, positions: tuple[str, ...]) -> "Table":
        """The seasons played at these positions."""
        return self._rows(np.isin(self.position, positions))

    def _rows(self, chosen: Flags) -> "Table":
        kept = np.flatnonzero(chosen)
        arrays = {
            field.name: getattr(self, field.name)[kept]
            for field in fields(self)
            if field.name != "labels"
        }
        return Table(labels=self.labels[kept], **arrays)

    @cached_property
    def seasons(self) -> Ints:
        return np.unique(self.season[self.games > 0])

    @cached_property
    def _keys(self) -> Ints:
        return self.player * _SPAN + self.season

    def find(self, player: Ints, season: Ints | int) -> Ints:
        """Rows of these players in that season; -1 without one."""
        wanted = player * _SPAN + season
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, place, -1)

    def shifted(self, years: int) -> Ints:
        """Row of the same player `years` later (earlier if negative); -1 without one."""
        return self.find(self.player, self.season + years)

    @cached_property
    def rows_at(self) -> dict[str, Ints]:
        """Rows by position."""
        names, codes = np.unique(self.position, return_inverse=True)
        return {str(name): np.flatnonzero(codes == i) for i, name in enumerate(names)}

    @cached_property
    def usage(self) -> dict[str, dict[str, Floats]]:
        """Kept columns by position; see `features.usage`."""
        return {}

    @cached_property
    def before(self) -> tuple[Ints, Ints]:
        """Rows of one and two seasons before."""
        return self.shifted(-1), self.shifted(-2)

    @cached_property
    def after(self) -> list[Ints]:
        """Rows of one to five seasons later."""
        return [self.shifted(h) for h in range(1, HORIZON + 1)]

    @cached_property
    def known(self) -> list[Flags]:
        """Whether one to five seasons later is a season that is in the data at all."""
        return [np.isin(self.season + h, self.seasons) for h in range(1, HORIZON + 1)]

    def column(self, category: str) -> Floats:
        return self.statistics[:, tuple(CATEGORIES).index(category)]

    def points(self, rules: Mapping[str, float]) -> Floats:
        """Season points in a league's scoring."""
        used = [(i, rules[c]) for i, c in enumerate(CATEGORIES) if rules.get(c)]
        if not used:
            return np.zeros(len(self.player))
        columns, factors = zip(*used, strict=True)
        return np.asarray(self.statistics[:, columns] @ np.array(factors))
