"""Rankings and average draft positions, before the season and by week, of several providers."""

from collections.abc import Iterator

from ff_analytics.domains.fantasy.sources.rankings.options import RANKINGS, RankingOptions
from ff_analytics.engine.sources.source import Batch, FetchContext, Source


def _fetch(options: RankingOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.rankings.load import fetch

    return fetch(options, context)


SOURCE = Source(
    name="rankings",
    title="Rankings",
    description="Expert consensus rankings and average draft positions, before the season and by "
    "week, matched to players by id or name.",
    options=RankingOptions,
    datasets=(RANKINGS,),
    fetch=_fetch,
)
