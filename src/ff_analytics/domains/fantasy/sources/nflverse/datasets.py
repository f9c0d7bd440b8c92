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
)

PLAYERS = Dataset(
    "players",
    "raw_nflverse.players",
    ("gsis_id",),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:Player",
    freshness=_WEEKLY,
)

SCHEDULES = Dataset(
    "schedules",
    "raw_nflverse.schedules",
    ("game_id",),
    "ff_analytics.domains.fantasy.sources.nflverse.contract:Schedule",
    freshness=_WEEKLY,
    optional=True,
)
