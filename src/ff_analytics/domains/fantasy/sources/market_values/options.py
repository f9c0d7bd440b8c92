"""Datasets, providers and options of the source `market-values`."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ff_analytics.domains.fantasy.own_files.style import DAY_FIRST, DECIMAL, Style
from ff_analytics.engine.base.dataset import Dataset, Freshness
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.sources.source import SourceOptions

_MARKET = Freshness(warn=timedelta(days=5), error=timedelta(days=14))

MARKET_VALUES = Dataset(
    "market_values",
    "raw_market.values",
    ("provider", "format", "player_id"),
    "ff_analytics.domains.fantasy.sources.market_values.contract:MarketValue",
    freshness=_MARKET,
    optional=True,
)

LISTINGS = Dataset(
    "listings",
    "raw_market.listings",
    ("provider", "format", "listed_name", "position"),
    "ff_analytics.domains.fantasy.sources.market_values.contract:MarketListing",
    freshness=_MARKET,
    optional=True,
    # Why a name has no player: null when all are known.
    may_vanish=("reason",),
)


class Provider(StrEnum):
    """Who says what a player is worth."""

    OWN = "own"
    DYNASTYPROCESS = "dynastyprocess"
    FANTASYCALC = "fantasycalc"


class Format(StrEnum):
    """Leagues that start one passer, and leagues in which a second one may start."""

    ONE_QB = "1qb"
    SUPERFLEX = "superflex"


class MarketOptions(SourceOptions):
    """Which values to load, and from where."""

    provider: Annotated[Provider, Mark.NAMES_RUN] = Field(
        Provider.DYNASTYPROCESS,
        description="own = a CSV file or Google Sheet of yours; dynastyprocess and fantasycalc "
        "are public lists.",
    )
    url: str | None = Field(
        None,
        description="own: the CSV file (https, http on this machine, file:///path) or the link of "
        "a Google Sheet that is shared by link. Others: another place that serves "
        "the same files. Empty = the provider's own.",
    )
    format: Format = Field(
        Format.ONE_QB,
        description="own: for which leagues the values are, if the file has no column for it.",
    )
    decimal: Literal[".", ","] | None = Field(None, description=f"own: {DECIMAL}")
    day_first: bool | None = Field(None, description=f"own: {DAY_FIRST}")
    teams: int = Field(12, ge=4, le=32, description="fantasycalc: teams of the league.")
    ppr: float = Field(0.5, ge=0, le=2, description="fantasycalc: points per reception.")

    @property
    def style(self) -> Style:
        """How the list writes numbers and dates; the public ones use a point and ISO dates."""
        if self.provider is Provider.OWN:
            return Style(self.decimal, self.day_first)
        return Style(".")

    @model_validator(mode="after")
    def _own_needs_a_place(self) -> "MarketOptions":
        if self.provider is Provider.OWN and not self.url:
            raise ValueError("provider own needs url, the CSV file or Google Sheet")
        return self
