"""A Sleeper league by its id: rosters, managers, and its rules as a league profile."""

from collections.abc import Iterator

from ff_analytics.domains.fantasy.league.tables import FRANCHISES, ROSTERS
from ff_analytics.domains.fantasy.sources.sleeper.options import SleeperOptions
from ff_analytics.engine.sources.source import Batch, FetchContext, Source


def _fetch(options: SleeperOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.sleeper.load import fetch

    return fetch(options, context)


SOURCE = Source(
    name="sleeper",
    title="Sleeper league",
    description="Rosters, managers and rules of a Sleeper league; no key is needed.",
    options=SleeperOptions,
    datasets=(FRANCHISES, ROSTERS),
    fetch=_fetch,
)
