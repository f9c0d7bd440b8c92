"""Value every player of a league over a window of weeks: the formulas put together."""

import logging
from dataclasses import dataclass

import polars as pl

from ff_analytics.domains.fantasy.formulas.dynasty.dynasty import add_age, add_dynasty
from ff_analytics.domains.fantasy.formulas.value import replacement, war
from ff_analytics.domains.fantasy.formulas.value.auction import add_dollars
from ff_analytics.domains.fantasy.formulas.value.market import add_market
from ff_analytics.domains.fantasy.formulas.value.options import Basis, ValuationOptions
from ff_analytics.domains.fantasy.formulas.value.tiers import add_tiers
from ff_analytics.domains.fantasy.formulas.value.vor import add_vor, scarcity_adjustment
from ff_analytics.domains.fantasy.formulas.weeks.weekly import add_weekly_range
from ff_analytics.domains.fantasy.formulas.weeks.weeks import ranked, totals
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.domains.fantasy.products.valuation.basis import Window, window
from ff_analytics.domains.fantasy.products.valuation.contract_value import add_contracts
from ff_analytics.engine.base.errors import BrokenInput

log = logging.getLogger(__name__)

MODEL_VERSION = "valuation-1"
_SEED = 2012


@dataclass(frozen=True)
class ValuationFrames:
    """Rows of one league: weekly points, contracts, and market values of its format."""

    weekly: pl.DataFrame
    contracts: pl.DataFrame
    market: pl.DataFrame


def position_table(
    players: pl.DataFrame, span: Window, profile: LeagueProfile, options: ValuationOptions
) -> pl.DataFrame:
    """One row per position: starters, rostered, the replacement player and a starter's week.

    `players`: frame of `weeks.ranked`. Counts are players of the whole league.
    """
    starting = replacement.starters(players, profile)
    rostering = replacement.rostered(players, profile, starting)
    ranks = replacement.replacement_ranks(
        players,
        options.baseline,
        starting=starting,
        rostering=rostering,
        weeks=span.length,
        picks=options.top_n,
        blend_weight=options.blend_weight,
    )
    waiver = {position: n + 1 for position, n in rostering.items()}
    table = (
        replacement.replacement_levels(players, ranks)
        .join(replacement.at_rank(players, starting, "starter_points"), on="position")
        .join(replacement.at_rank(players, waiver, "waiver_points"), on="position")
        .with_columns(
            starters=pl.col("position").replace_strict(starting, return_dtype=pl.Int32),
            rostered=pl.col("position").replace_strict(rostering, return_dtype=pl.Int32),
        )
    )
    first = players.join(table, on="position").filter(
        pl.col("position_rank") <= pl.col("starters").clip(1)
    )
    moments = war.slot_moments(span.weeks, first)
    return war.spreads(table.join(moments, on="position"), profile.teams)


def _players(span: Window, profile: LeagueProfile) -> pl.DataFrame:
    players = ranked(totals(span.weeks).filter(pl.col("position").is_in(profile.positions)))
    if players.is_empty():
        raise BrokenInput(
            f"No player with a game in season {span.season} has a position that "
            f"{profile.name} starts ({', '.join(profile.positions)}). Check the league's slots."
        )
    present = set(players["position"].unique())
    if absent := [position for position in profile.positions if position not in present]:
        log.warning(
            "%s starts %s, but season %d has no such player: not valued.",
            profile.name,
            ", ".join(absent),
            span.season,
        )
    return players


def value_players(
    frames: ValuationFrames, profile: LeagueProfile, options: ValuationOptions
) -> pl.DataFrame:
    """Every column of the contract but the run's own, one row per player with a game.

    Raises `BrokenInput` without games, `ConfigError` for a season that is not there.
    """
    span = window(
        frames.weekly,
        season=options.season,
        basis=options.basis,
        trailing_weeks=options.trailing_weeks,
        last_week=profile.weeks,
    )
    players = _players(span, profile)
    table = position_table(players, span, profile, options)
    players = players.join(table, on="position", maintain_order="left")
    players = add_vor(players, options.scarcity_window)
    players = players.join(scarcity_adjustment(players), on="position", maintain_order="left")
    players = war.add_war(players, span.weeks)
    players = add_dollars(players, profile, options.starter_share)
    players = add_tiers(players, options.tier_width, _SEED)
    players = add_weekly_range(players)
    players = add_contracts(players, frames.contracts, span.season)
    # One week of a season is the bye.
    players = add_dynasty(add_age(players, span.season), max(profile.weeks - 1, 1), options.outlook)
    players = add_market(players, frames.market, span.season)
    trailing = options.basis is Basis.TRAILING
    return players.with_columns(
        league=pl.lit(profile.name),
        season=pl.lit(span.season, dtype=pl.Int32),
        basis=pl.lit(f"trailing_{options.trailing_weeks}" if trailing else options.basis.value),
        baseline_method=pl.lit(options.baseline.value),
        total_points=pl.col("points"),
        points_per_game=pl.col("ppg"),
        ageing_value=pl.col("dynasty_value"),
        model_version=pl.lit(MODEL_VERSION),
    )
