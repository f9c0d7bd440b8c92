"""Trade values of players and picks: an own list, DynastyProcess, or FantasyCalc."""

from collections.abc import Iterator

from ff_analytics.domains.fantasy.sources.market_values.options import (
    LISTINGS,
    MARKET_VALUES,
    MarketOptions,
)
from ff_analytics.engine.sources.source import Batch, FetchContext, Source


def _fetch(options: MarketOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.market_values.load import fetch

    return fetch(options, context)


SOURCE = Source(
    name="market-values",
    title="Market values",
    description="What players and draft picks cost in trades, matched to players by id or name.",
    options=MarketOptions,
    datasets=(LISTINGS, MARKET_VALUES),
    fetch=_fetch,
)
