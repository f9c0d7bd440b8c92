"""A league's own books as CSV files or Google Sheets: contracts, rosters, dead and traded cap."""

from collections.abc import Iterator

from ff_analytics.domains.fantasy.league.tables import CAP_CHARGES, CONTRACTS, ROSTERS
from ff_analytics.domains.fantasy.sources.league_sheet.options import LeagueSheetOptions
from ff_analytics.engine.sources.source import Batch, FetchContext, Source


def _fetch(options: LeagueSheetOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.league_sheet.load import fetch

    return fetch(options, context)


SOURCE = Source(
    name="league-sheet",
    title="League sheet",
    description="Contracts, rosters and cap of your league from CSV files or Google Sheets.",
    options=LeagueSheetOptions,
    datasets=(ROSTERS, CONTRACTS, CAP_CHARGES),
    fetch=_fetch,
)
