"""Tables of a fantasy league's own books, fed by whichever source has them."""

from datetime import timedelta

from ff_analytics.engine.base.dataset import Dataset, Freshness

_LEAGUE = Freshness(warn=timedelta(days=1), error=timedelta(days=7))
_EMPTY = "Is it the right sheet or league, and has the league any yet?"
_CONTRACTS = "ff_analytics.domains.fantasy.league.contract"

ROSTERS = Dataset(
    "rosters",
    "raw_league.rosters",
    ("league", "player_id"),
    f"{_CONTRACTS}:Roster",
    freshness=_LEAGUE,
    when_empty=_EMPTY,
    optional=True,
)
CONTRACTS = Dataset(
    "contracts",
    "raw_league.contracts",
    ("league", "player_id", "season"),
    f"{_CONTRACTS}:Contract",
    freshness=_LEAGUE,
    when_empty=_EMPTY,
    optional=True,
)
CAP_CHARGES = Dataset(
    "cap_charges",
    "raw_league.cap_charges",
    ("league", "franchise", "season", "kind", "entry"),
    f"{_CONTRACTS}:CapCharge",
    freshness=_LEAGUE,
    when_empty=_EMPTY,
    optional=True,
)
FRANCHISES = Dataset(
    "franchises",
    "raw_league.franchises",
    ("league", "franchise"),
    f"{_CONTRACTS}:Franchise",
    freshness=_LEAGUE,
    when_empty=_EMPTY,
    optional=True,
    may_vanish=("manager", "manager_id"),
)
