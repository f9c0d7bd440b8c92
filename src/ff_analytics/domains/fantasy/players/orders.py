"""One run's request for a list of names that are matched with players."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Generic, Protocol, TypeVar

from ff_analytics.domains.fantasy.players.people import SAMPLE, People
from ff_analytics.engine.http.download import Download, download
from ff_analytics.engine.sources.source import FetchContext


class _Provided(Protocol):
    @property
    def provider(self) -> StrEnum: ...

    @property
    def force(self) -> bool: ...


Options = TypeVar("Options", bound=_Provided)


@dataclass(frozen=True)
class ListOrder(Generic[Options]):
    """Options, players to match with, and where messages go."""

    source: ClassVar[str]

    options: Options
    context: FetchContext
    known: People

    @property
    def provider(self) -> str:
        return self.options.provider.value

    @property
    def today(self) -> date:
        return self.context.started_at.date()

    @property
    def origin(self) -> str:
        # An own list for the sample league leaves with the sample league.
        return SAMPLE if self.known.sample else self.source

    def fetched(self, url: str) -> Download:
        """The file, from the cache if it has not changed: the rows of all files are needed."""
        return download(
            url,
            known=None,
            settings=self.context.settings,
            traffic=self.context.traffic,
            force=self.options.force,
        )
