"""The sample league: synthetic players and franchises, loaded through the very same code."""

from collections.abc import Iterator

from pydantic import Field

from ff_analytics.domains.fantasy.league.tables import CAP_CHARGES, CONTRACTS, ROSTERS
from ff_analytics.domains.fantasy.sources.market_values.options import MARKET_VALUES
from ff_analytics.domains.fantasy.sources.nflverse.datasets import PLAYER_WEEK, PLAYERS, SCHEDULES
from ff_analytics.engine.sources.source import Batch, FetchContext, Source, SourceOptions


class SampleOptions(SourceOptions):
    """Which league to invent."""

    seed: int = Field(2026, ge=0, description="The same seed invents the same league.")


def _fetch(options: SampleOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.sample.files import fetch

    return fetch(context, options.seed, force=options.force)


SOURCE = Source(
    name="sample",
    title="Sample league",
    description="A synthetic league to try everything without any provider.",
    options=SampleOptions,
    datasets=(
        *(PLAYER_WEEK, PLAYERS, SCHEDULES),
        *(ROSTERS, CONTRACTS, CAP_CHARGES, MARKET_VALUES),
    ),
    fetch=_fetch,
)
