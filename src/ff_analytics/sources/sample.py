"""The sample league: synthetic players and franchises, loaded through the very same code."""

from collections.abc import Iterator

from pydantic import Field

from ff_analytics.source import Batch, FetchContext, Source, SourceOptions
from ff_analytics.sources._league_tables import CAP_CHARGES, CONTRACTS, ROSTERS
from ff_analytics.sources.market_values import MARKET_VALUES
from ff_analytics.sources.nflverse import PLAYER_WEEK, PLAYERS, SCHEDULES


class SampleOptions(SourceOptions):
    """Which league to invent."""

    seed: int = Field(2026, ge=0, description="The same seed invents the same league.")


def _fetch(options: SampleOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.sources._sample_files import fetch

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
