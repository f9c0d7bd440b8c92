"""Dataset, providers and options of the source `rankings`."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from ff_analytics.domains.fantasy.own_files.style import DAY_FIRST, DECIMAL, Style
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness
from ff_analytics.engine.sources.source import SourceOptions

# What a list is: other lists stay when one of them is loaded.
LIST = ("provider", "kind", "measure", "scoring", "page", "season", "week")
RANKINGS = Dataset(
    "rankings",
    "raw_rankings.listings",
    (*LIST, "listed_id"),
    "ff_analytics.domains.fantasy.sources.rankings.contract:Ranking",
    # The lists of a season stay true; only a season without new ones is worth a word.
    freshness=Freshness(warn=timedelta(days=180), error=timedelta(days=400)),
    optional=True,
    absence=Absence.OBJECT_GONE,
    object_keys=LIST,
)


class Provider(StrEnum):
    """Who ranks."""

    OWN = "own"
    DYNASTYPROCESS = "dynastyprocess"
    FANTASYPROS = "fantasypros"
    FFC = "ffc"
    SLEEPER = "sleeper"


class RankingOptions(SourceOptions):
    """Which rankings to load, and from where."""

    provider: Provider = Field(
        Provider.DYNASTYPROCESS,
        description="own = a file or Google Sheet of yours; fantasypros = a CSV downloaded there; "
        "dynastyprocess (expert consensus), ffc and sleeper (draft positions) are public.",
    )
    url: str | None = Field(
        None,
        description="own, fantasypros: the CSV or Parquet file (https, http on this machine, "
        "file:///path) or a Google Sheet that is shared by link. Others: another "
        "place that serves the same files. Empty = the provider's own.",
    )
    ids_url: str | None = Field(
        None,
        description="CSV that leads from other sites' ids to gsis_id. Empty = DynastyProcess's "
        "db_playerids.csv for public lists, none for files.",
    )
    season: int | None = Field(
        None,
        examples=[2024],
        ge=1999,
        le=2100,
        description="Season of a list that has no column for it; of ffc and sleeper the year that "
        "is asked for. Empty = as the list's date says.",
    )
    week: int | None = Field(
        None, ge=0, le=22, description="Week of a list without a column for it; 0 = pre-season."
    )
    scoring: Literal["standard", "half", "ppr", "unknown"] | None = Field(
        None,
        description="Scoring of a list that does not name it; rows that name another one are "
        "refused. ffc: which list, by default ppr.",
    )
    page: Literal["QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB"] | None = Field(
        None,
        description="Position group of a list without a column for it; players of another group "
        "are refused.",
    )
    measure: Literal["ecr", "adp"] | None = Field(
        None, description="What the averages of a file are. Empty = as its columns are called."
    )
    history: bool = Field(
        False, description="dynastyprocess: the archive of all lists instead of the latest."
    )
    teams: int = Field(12, ge=4, le=32, description="ffc: teams of the drafts.")
    decimal: Literal[".", ","] | None = Field(None, description=f"own: {DECIMAL}")
    day_first: bool | None = Field(None, description=f"own: {DAY_FIRST}")

    @property
    def from_file(self) -> bool:
        """True for lists that a person hands over, and answers for."""
        return self.provider in (Provider.OWN, Provider.FANTASYPROS)

    @property
    def style(self) -> Style:
        """How the list writes numbers and dates; the public ones use a point and ISO dates."""
        return Style(self.decimal, self.day_first) if self.from_file else Style(".")

    @model_validator(mode="after")
    def _files_need_a_place(self) -> "RankingOptions":
        if self.from_file and not self.url:
            raise ValueError(f"provider {self.provider} needs url, the file or Google Sheet")
        return self
