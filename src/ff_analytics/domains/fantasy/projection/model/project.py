"""Projections of a league: history, draft slots, games and ranges put together."""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.checks.played import choose, of_history
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.projection.data.columns import ENOUGH_WEEKS
from ff_analytics.domains.fantasy.projection.data.games import Availability, availability
from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.settings import HORIZON, POSITIONS, Model
from ff_analytics.domains.fantasy.projection.data.table import Floats, Table
from ff_analytics.domains.fantasy.projection.model.models import without_rank
from ff_analytics.domains.fantasy.projection.model.rookies import Drafted, Rookies, rookies
from ff_analytics.domains.fantasy.projection.model.walk_forward import (
    USUAL,
    Levels,
    Step,
    learned_levels,
    step_of,
)
from ff_analytics.engine.base.errors import BrokenInput, ConfigError

log = logging.getLogger(__name__)

MODEL_VERSION = "projections-1"
_THIN = 0.5
Scoring = tuple[tuple[str, float], ...]


class Part(NamedTuple):
    """Players (name, team, age now, evidence, data_share), and arrays of them x horizons."""

    who: pl.DataFrame
    wide: dict[str, Floats]


_WHO = ("player_id", "player_name", "position", "team", "age", "evidence", "data_share")
_BY_HORIZON = (
    "points_per_game",
    "points_per_game_p10",
    "points_per_game_p50",
    "points_per_game_p90",
    "games_share",
    "survival",
    "age_factor",
    "opportunity_factor",
)


def base_season(rows: pl.DataFrame, wanted: int | None) -> int:
    """The season that projections start from: the one asked for, or the latest half played.

    `rows` of `marts.mrt_player_season`. Raises `ConfigError` for a season that is not there.
    """
    seasons = rows["season"].unique().sort()
    if wanted is not None and wanted not in seasons:
        there = ", ".join(map(str, seasons))
        raise ConfigError(
            f"Season {wanted} is not in the lake. Seasons there: {there}. Choose one of them, or "
            "load it with ingest/nflverse."
        )
    if wanted is not None:
        return wanted
    choice = choose(of_history(rows), ENOUGH_WEEKS)
    if choice is None:
        raise BrokenInput("There is no season to project from. Load some with ingest/nflverse.")
    return choice.season


@dataclass(frozen=True)
class Past:
    """What the leagues of a run share: the history up to the base season, and the drafted."""

    table: Table
    players: pl.DataFrame
    base: int
    model: Model

    @classmethod
    def of(
        cls,
        rows: pl.DataFrame,
        players: pl.DataFrame,
        season: int | None,
        model: Model,
        rankings: pl.DataFrame | None = None,
    ) -> "Past":
        """`rows`, `players` and `rankings` as the product's inputs read them."""
        base = base_season(rows, season)
        known = rows.filter(pl.col("season") <= base)
        seasons = sorted(known["season"].unique())
        if missing := sorted(set(range(seasons[0], base)) - set(seasons)):
            log.warning(
                "Seasons %s are missing between %s and %s: no player counts as absent in "
                "them. Load them with ingest/nflverse for better projections.",
                ", ".join(map(str, missing)),
                seasons[0],
                base,
            )
        return cls(Table.of(known, rankings), players, base, model)

    @cached_property
    def levels(self) -> Levels:
        return learned_levels(self.table, self.model)

    @cached_property
    def drafted(self) -> dict[str, Drafted]:
        return {name: Drafted(self.table, self.players, name, self.base) for name in POSITIONS}

    @cached_property
    def touched(self) -> dict[str, frozenset[str]]:
        """By position, the categories with a number of any player who played there."""
        found = {}
        for name in POSITIONS:
            players = np.unique(self.table.player[self.table.position == name])
            mine = self.table.statistics[np.isin(self.table.player, players)] != 0
            used = np.flatnonzero(mine.any(axis=0))
            found[name] = frozenset(tuple(CATEGORIES)[i] for i in used)
        return found

    def scoring_of(self, profile: LeagueProfile, position: str) -> Scoring:
        """The part of a league's scoring that a position's numbers depend on."""
        used = self.touched[position]
        return tuple(sorted((c, p) for c, p in profile.scoring.items() if c in used))

    @cached_property
    def games(self) -> dict[str, Availability]:
        """Share of games and survival by position, in the order of the position's rows."""
        points = self.table.points(USUAL)
        return {name: availability(Pool.of(self.table, name, points)) for name in POSITIONS}

    @cached_property
    def seen(self) -> dict[str, pl.DataFrame]:
        """Players of the last season by position, once they were asked for."""
        return {}

    @cached_property
    def made(self) -> dict[tuple[str, Scoring], list[Part]]:
        """Rows by position and scoring: leagues with the same scoring share them."""
        return {}


def _wide(pool: Pool, step: Step, games: Availability) -> dict[str, Floats]:
    """Columns of players x horizons for those of the last season."""
    here = step.rows
    age, opportunity = step.forecast.factors()
    unknown = np.isnan(pool.table.age[pool.rows[here]])
    return {
        "points_per_game": step.forecast.points[here],
        "points_per_game_p10": step.low,
        "points_per_game_p50": step.middle,
        "points_per_game_p90": step.high,
        "games_share": games.share[here],
        "survival": games.survival[here],
        "age_factor": np.where(unknown[:, None], 1.0, age),
        "opportunity_factor": opportunity,
    }


def _long(parts: list[Part], base: int) -> pl.DataFrame:
    """One row per player and horizon."""
    who = pl.concat([part.who for part in parts], how="vertical_relaxed")
    horizon = np.arange(1, HORIZON + 1, dtype=np.int32)
    columns = {n: np.concatenate([part.wide[n].ravel() for part in parts]) for n in _BY_HORIZON}
    repeated = who[np.repeat(np.arange(len(who)), HORIZON)]
    return repeated.with_columns(
        *(pl.Series(name, values) for name, values in columns.items()),
        horizon=pl.Series(np.tile(horizon, len(who))),
        base_season=pl.lit(base, dtype=pl.Int32),
    ).with_columns(
        age=pl.col("age") + pl.col("horizon"),
        projection_season=pl.col("base_season") + pl.col("horizon"),
    )


def _seen(past: Past, pool: Pool, step: Step) -> pl.DataFrame:
    """The players of the last season; no league's points are in it, so it is made once."""
    if pool.name in past.seen:
        return past.seen[pool.name]
    rows, share = pool.rows[step.rows], step.forecast.data_share[step.rows]
    who = past.table.labels[rows].select(
        "player_id",
        "team",
        player_name="display_name",
        position=pl.lit(pool.name),
        age=pl.Series(pool.table.age[rows], nan_to_null=True),
        data_share=pl.Series(share),
        evidence=pl.when(~pl.Series(pool.games[step.rows] > 0))
        .then(pl.lit("absent"))
        .when(pl.Series(share) < _THIN)
        .then(pl.lit("thin history"))
        .otherwise(pl.lit("history")),
    )
    return past.seen.setdefault(pool.name, who.select(_WHO))


def _of_draft(found: Rookies, base: int) -> Part:
    days = (pl.date(base, 9, 1) - pl.col("birth_date")).dt.total_days()
    who = found.who.select(
        "player_id",
        team="current_team",
        player_name=pl.col("display_name"),
        position="position",
        age=days / 365.25,
        data_share=pl.lit(0.0),
        evidence=pl.lit("draft slot"),
    ).with_columns(age=pl.when(pl.col("age").is_between(15, 55)).then("age"))
    ones = np.ones(found.points.shape)
    quantiles = {f"points_per_game_p{q}": found.ranges[:, :, i] for i, q in enumerate((10, 50, 90))}
    wide = quantiles | {
        "points_per_game": found.points,
        "games_share": found.share,
        "survival": found.survival,
        "age_factor": ones,
        "opportunity_factor": ones,
    }
    return Part(who.select(_WHO), wide)


def _models(model: Model, step: Step) -> pl.Series:
    """The rung that each player's numbers come from: he may have no rank."""
    ranked = step.forecast.ranked[step.rows]
    return pl.Series(np.where(ranked, model.value, without_rank(model).value))


def _position(past: Past, points: Floats, name: str, league: str) -> list[Part]:
    """Rows of one position; none, with a warning, without scored players or categories."""
    pool = Pool.of(past.table, name, points)
    if not pool.last.any() or not (pool.season == past.base).any():
        log.warning("%s starts %s, but season %d has none: not projected.", league, name, past.base)
        return []
    if not pool.points.any():
        log.warning(
            "%s starts %s but scores nothing that they do: not projected. Add its categories to "
            "scoring in leagues/%s.yaml.",
            league,
            name,
            league,
        )
        return []
    step = step_of(pool, past.model, past.levels)
    listed = not np.isnan(pool.ranked[step.rows]).all()
    if past.model is Model.MARKET and listed and not step.forecast.ranked.any():
        log.warning(
            "%s: the ranking of %s for season %d is not used: too few seasons before it have one. "
            "Load them with ingest/rankings.",
            league,
            name,
            past.base + 1,
        )
    who = _seen(past, pool, step).with_columns(model=_models(past.model, step))
    parts = [Part(who, _wide(pool, step, past.games[name]))]
    if new := rookies(past.drafted[name], points):
        drafted = _of_draft(new, past.base)
        plain = pl.lit(without_rank(past.model).value)
        parts.append(drafted._replace(who=drafted.who.with_columns(model=plain)))
    return parts


def project(past: Past, profile: LeagueProfile) -> pl.DataFrame:
    """Every column of the contract but the run's own, one row per player and season to come.

    Raises `BrokenInput` when the league has no position that can be projected.
    """
    points = past.table.points(profile.scoring)
    names = [name for name in profile.positions if name in POSITIONS]
    parts: list[Part] = []
    for name in names:
        key = (name, past.scoring_of(profile, name))
        if key not in past.made:
            past.made[key] = _position(past, points, name, profile.name)
        parts += past.made[key]
    if not parts:
        raise BrokenInput(
            f"{profile.name}: no position of the league ({', '.join(names) or 'none'}) has both "
            f"players in season {past.base} and points in its scoring. Check slots and scoring."
        )
    # One week of a season is the bye.
    season = max(profile.weeks - 1, 1)
    return _long(parts, past.base).with_columns(
        league=pl.lit(profile.name),
        total_points=pl.col("points_per_game") * pl.col("games_share") * season,
        model_version=pl.lit(MODEL_VERSION),
    )
