"""The salary cap: rules as data, contracts, cuts, extensions, trades. Pure, whole dollars only.

Light enough for flow imports: only `tables` needs Polars.
"""

from ff_analytics.domains.fantasy.cap.book import Book, Charge, Line, ledger
from ff_analytics.domains.fantasy.cap.contract import Contract, Year, broken_rule, standard_split
from ff_analytics.domains.fantasy.cap.rules import (
    CapRules,
    CompensationStep,
    ProRatingBand,
    RookieStep,
)

__all__ = [
    "Book",
    "CapRules",
    "Charge",
    "CompensationStep",
    "Contract",
    "Line",
    "ProRatingBand",
    "RookieStep",
    "Year",
    "broken_rule",
    "ledger",
    "standard_split",
]
