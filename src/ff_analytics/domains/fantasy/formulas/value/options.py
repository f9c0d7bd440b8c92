"""What a valuation may be asked for; light, since deployments read it for their forms."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.forms.fields import Mark


class Basis(StrEnum):
    """Where the points come from."""

    SEASON = "season"
    TRAILING = "trailing"
    PROJECTIONS = "projections"


class Baseline(StrEnum):
    """Whom a player is measured against at his position; see `fantasy/replacement.py`."""

    VOLS = "vols"
    VORP = "vorp"
    MAN_GAMES = "man-games"
    TOP_N = "top-n"
    BLEND = "blend"


class Outlook(StrEnum):
    """How much next year's points count today in the ageing value."""

    CONTENDER = "contender"
    BALANCED = "balanced"
    REBUILDER = "rebuilder"


class ValuationOptions(BaseModel):
    """Every choice of a valuation; the deployment's form shows title, limits and description."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2024],
        ge=1999,
        le=2100,
        description="Season to value, e.g. 2024. Empty = the latest season of which enough is "
        "played (FF_SEASON_MIN_WEEKS), or with projections the next one.",
    )
    basis: Basis = Field(
        Basis.SEASON,
        description="Points that count: season = the season's weeks so far; trailing = the last "
        "weeks up to the end of that season, across seasons; projections = what "
        "analytics/projections expects of the next season, or of the season named.",
    )
    trailing_weeks: int = Field(
        17, ge=1, le=68, description="Weeks of the trailing basis; ignored by the others."
    )
    baseline: Baseline = Field(
        Baseline.VOLS,
        description="Replacement player of each position: vols = last starter; vorp = best on the "
        "waiver wire; man-games = the last one needed to fill every starting week; top-n = last "
        "one among the first N picks; blend = between vols and man-games.",
    )
    blend_weight: Annotated[float, Mark.ADVANCED] = Field(
        0.5, ge=0, le=1, description="Weight of vols in the blend baseline, 0 to 1."
    )
    top_n: Annotated[int, Mark.ADVANCED] = Field(
        100, ge=1, le=1000, description="Picks that the top-n baseline counts."
    )
    starter_share: Annotated[float | None, Mark.ADVANCED] = Field(
        None,
        ge=0,
        le=1,
        description="Share of the auction money above minimum bids that goes to points above the "
        "last starter, e.g. 0.85. Empty = money follows points above the waiver wire.",
    )
    scarcity_window: Annotated[int, Mark.ADVANCED] = Field(
        5, ge=1, le=50, description="Next players at the position that drop-off and slope look at."
    )
    tier_width: Annotated[float, Mark.ADVANCED] = Field(
        1.0,
        gt=0,
        le=10,
        description="Width of a drop-off tier, in sampling errors of a starter's point total.",
    )
    outlook: Outlook = Field(
        Outlook.BALANCED,
        description="Discount of the ageing value per year: contender 25 %, balanced 20 %, "
        "rebuilder 15 %.",
    )
