"""How the other tables of a league spell its franchises."""

from ff_analytics.domains.fantasy.league.tables import CAP_CHARGES, CONTRACTS, FRANCHISES, ROSTERS
from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.settings import Settings

# Each table follows those before it, so that a new spelling in the first one reaches all.
_ORDER = (FRANCHISES, ROSTERS, CONTRACTS, CAP_CHARGES)


def spellings(dataset: Dataset, league: str, settings: Settings) -> dict[str, str]:
    """Franchise by its name in lower case, from the tables that come before `dataset`."""
    found: dict[str, str] = {}
    with lake.connect(settings=settings) as connection:
        for table in (each.table for each in _ORDER[: _ORDER.index(dataset)]):
            if lake.table_exists(connection, table):
                names = connection.execute(
                    f"SELECT DISTINCT franchise FROM {table} WHERE league = ? ORDER BY 1", [league]
                )
                for (name,) in names.fetchall():
                    found.setdefault(" ".join(name.split()).casefold(), name)
    return found
