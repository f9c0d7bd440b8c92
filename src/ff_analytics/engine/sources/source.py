"""Definition of a source: options, datasets, and a generator of batches from a provider."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.dataset import Absence, Dataset
from ff_analytics.engine.base.errors import AccountClosed, FFError, SourceError, SourceMissing
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.http.traffic import Cursor, Traffic
from ff_analytics.engine.sources.window import Window

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.base.settings import Settings
    from ff_analytics.engine.http.credentials import Stored

T = TypeVar("T")

# A value, or the first and last of a range.
ScopeValue = int | str | tuple[date, date]


class ProviderDownError(Exception):
    """The provider is down: keep the fetched parts and request no more."""


class SourceOptions(BaseModel):
    """Options that every source has. Subclasses add their own; the UI form shows them all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    force: Annotated[bool, Mark.ADVANCED] = Field(
        False,
        description="Load again even what has not changed at the provider, and accept a delivery "
        "that lost many rows.",
    )


@dataclass(frozen=True)
class Batch:
    """One part of a dataset (a season, a file) as the provider delivers it.

    `frame` is None when nothing changed since `cursor_before`. `scope` names the stored rows
    for which the delivery is the full truth (column -> value, or (first, last) for a range; `{}`
    = the whole table), so that the dataset's `absence` decides about rows missing from it; None =
    a delivery of changes only. Keys in `deleted` (key columns and `_deleted_at`) are
    soft-deleted. A delivery that `may_be_empty` is not broken without rows: a day without
    an advertisement. `unreadable` rows could not be cast to the contract's types; they are
    text with their `_reason`. `refused` rows were quarantined by the source itself, with their
    `_reason`: a sheet's row about an unknown player. Rows without
    `identity` do not describe an entity (team totals among player rows): they are quarantined
    without counting as broken. `absent` are columns of the contract that the file lacks,
    `unknown` those of the file that the contract does not know.
    """

    dataset: Dataset
    part: str
    origin: str
    url: str
    cursor: Cursor
    cursor_before: Cursor | None = None
    frame: "pl.DataFrame | None" = None
    scope: Mapping[str, ScopeValue] | None = None
    deleted: "pl.DataFrame | None" = None
    unreadable: "pl.DataFrame | None" = None
    refused: "pl.DataFrame | None" = None
    may_be_empty: bool = False
    identity: str | None = None
    accept_loss: bool = False
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    schema_changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def soft_deletes(self) -> bool:
        """True when rows missing from the delivery stay and get a `_deleted_at`."""
        return self.dataset.absence is Absence.SOFT_DELETED

    @property
    def unchanged(self) -> bool:
        return self.frame is None

    @property
    def rows_fetched(self) -> int:
        parts = (self.frame, self.unreadable, self.refused)
        return 0 if self.frame is None else sum(part.height for part in parts if part is not None)

    @property
    def label(self) -> str:
        """Dataset and part, for messages."""
        return f"{self.dataset.name} {self.part}".strip()


@dataclass(frozen=True)
class Failure:
    """A part that could not be loaded; the run continues and fails at its end."""

    label: str
    error: FFError


@dataclass
class FetchContext:
    """One run of a source: its environment, earlier cursors, and failures so far.

    `cursors` are of parts loaded under the current contract, `outdated` of the others.
    `notes` are sentences and `tables` lists of records that are shown with the run.
    """

    source: "Source"
    settings: "Settings"
    run_id: str
    started_at: datetime
    deployment: str | None = None
    cursors: Mapping[tuple[str, str], Cursor] = field(default_factory=dict)
    outdated: Mapping[tuple[str, str], Cursor] = field(default_factory=dict)
    stored_credentials: "Stored | None" = None
    traffic: Traffic = field(default_factory=Traffic)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    expected: int = 0
    force: bool = False
    _down: int = 0

    def cursor(self, dataset: Dataset, part: str) -> Cursor | None:
        """State of the part as last loaded, None if never (or under another contract)."""
        return self.cursors.get((dataset.name, part))

    def attempt(
        self,
        label: str,
        fetch: Callable[[], T],
        *,
        optional: bool = False,
        isolated: bool = False,
    ) -> Iterator[T]:
        """Yield the part, or record its failure so that the other parts still load.

        An optional part that does not exist is only a warning, and so is a closed account. Two
        parts in a row that find the provider down end the fetch: a run of many parts would
        otherwise spend all retries on each of them; parts that are `isolated` (accounts of
        tenants) are requested all the same. Other errors (a wrong setting, a full disk) concern
        every part and end the run.
        """
        try:
            part = fetch()
        except SourceError as error:
            left_out = optional and isinstance(error, SourceMissing)
            if left_out or isinstance(error, AccountClosed):
                self.warnings.append(f"{label} not loaded: {error}")
                return
            self.failures.append(Failure(label, error))
            self._down = self._down + 1 if error.transient else 0
            if self._down >= 2 and not isolated:
                raise ProviderDownError from error
            return
        self._down = 0
        yield part


@dataclass(frozen=True)
class Source:
    """A declaration; the ingest stages read it, so a new source changes no flow and no task.

    Rows carry `origin`; one source is one origin. `window` names the options that ask for a
    stretch of the past; a source that has one can be backfilled.
    """

    name: str
    title: str
    description: str
    options: type[SourceOptions]
    datasets: tuple[Dataset, ...]
    fetch: Callable[[Any, FetchContext], Iterator[Batch]]
    window: Window | None = None

    def dataset(self, name: str) -> Dataset:
        """The dataset called `name`."""
        return next(dataset for dataset in self.datasets if dataset.name == name)
