"""Datasets of the nflverse releases: table, key, contract and freshness policy."""

from datetime import timedelta

from ff_analytics.engine.base.dataset import Dataset, Freshness

_WEEKLY = Freshness(warn=timedelta(days=2), error=timedelta(days=7))

PLAYER_WEEK = Dataset(
    "player_week",
    "raw_nflverse.player_week",
    ("season", "week", "player_id"),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:PlayerWeek",
    freshness=_WEEKLY,
    when_empty="Ask for a season that has been played, or check the base URL.",
    # Ratios and estimates that no category scores and no model here reads.
    may_vanish=(
        *("passing_epa", "passing_cpoe", "pacr", "rushing_epa", "receiving_epa", "racr"),
        *("fg_blocked_distance", "fg_missed_distance", "gwfg_missed", "gwfg_blocked"),
        *("gwfg_distance", "fg_pct", "pat_pct"),
    ),
    # What files of every season and layout have; the others came with later ones.
    always=(
        *("position", "team", "player_display_name", "completions", "attempts"),
        *("passing_yards", "passing_tds", "passing_interceptions", "passing_2pt_conversions"),
        *("carries", "rushing_yards", "rushing_tds", "rushing_2pt_conversions"),
        *("receptions", "targets", "receiving_yards", "receiving_tds"),
        *("receiving_2pt_conversions", "rushing_fumbles_lost", "receiving_fumbles_lost"),
        *("sack_fumbles_lost", "special_teams_tds"),
    ),
    title="player_display_name",
    weight="fantasy_points_ppr",
)

PLAYERS = Dataset(
    "players",
    "raw_nflverse.players",
    ("gsis_id",),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:Player",
    freshness=_WEEKLY,
    may_vanish=("suffix", "jersey_number", "esb_id", "nfl_id", "otc_id", "smart_id"),
    title="display_name",
)

SCHEDULES = Dataset(
    "schedules",
    "raw_nflverse.schedules",
    ("game_id",),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:Schedule",
    freshness=_WEEKLY,
    optional=True,
    may_vanish=("spread_line", "total_line"),
)

INJURIES = Dataset(
    "injuries",
    "raw_nflverse.injuries",
    ("season", "week", "gsis_id"),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:Injury",
    # Reports exist from September to January only.
    freshness=Freshness(warn=timedelta(days=300), error=timedelta(days=400)),
    optional=True,
    minimum_rows=0,
)
