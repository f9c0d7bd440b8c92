"""One batch per tenant's account: which tenants, which window, whose credentials."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from ff_analytics.engine.accounts import coverage, tenants
from ff_analytics.engine.accounts.parallel import at_once, sequence
from ff_analytics.engine.accounts.provider import A, C, Provider
from ff_analytics.engine.accounts.tenants import Tenant
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ConfigError, SourceError
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.http.credentials import resolve
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.sources.source import Batch, Failure, FetchContext, SourceOptions

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")

FIRST_LOAD = timedelta(days=30)


class TenantOptions(SourceOptions):
    """Options of every source that is loaded per tenant."""

    tenant: Annotated[str | None, Mark.NAMES_RUN] = Field(
        None, description="One tenant, a file in tenants/. Empty = all of them."
    )


class WindowOptions(TenantOptions):
    """Options of a source with a range of days."""

    since: Annotated[date | None, Mark.NAMES_RUN] = Field(
        None,
        examples=["2026-01-01"],
        description="First day to load, in the account's timezone. Empty = since the last load, "
        "less the days that the provider still restates; 30 days back on the first load.",
    )
    until: Annotated[date | None, Mark.NAMES_RUN] = Field(
        None, examples=["2026-03-31"], description="Last day to load. Empty = today."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "WindowOptions":
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until})")
        return self


@dataclass(frozen=True)
class Asked(Generic[A, C]):
    """One account to ask, with what was loaded of it before."""

    tenant: Tenant
    account: A
    credentials: C
    context: FetchContext
    dataset: Dataset
    before: Cursor | None

    @property
    def part(self) -> str:
        return f"{self.tenant.name}/{self.account.id}"

    @property
    def who(self) -> str:
        """The account, for messages."""
        return f"{self.context.source.title} account {self.account.id} of tenant {self.tenant.name}"

    def batch(
        self,
        url: str,
        frame: "pl.DataFrame",
        unreadable: "pl.DataFrame",
        cursor: Cursor,
        **more: Any,
    ) -> Batch:
        """What was read of this account, possibly nothing; `more` are further fields of Batch."""
        return Batch(
            dataset=self.dataset,
            part=self.part,
            origin=self.context.source.name,
            url=url,
            cursor=cursor,
            cursor_before=self.before,
            frame=frame,
            unreadable=unreadable,
            may_be_empty=True,
            **more,
        )

    def window(
        self,
        options: WindowOptions,
        restated: timedelta,
        zone: str,
        first: timedelta = FIRST_LOAD,
    ) -> tuple[date, date]:
        """First and last day to ask for, as days of the account's timezone `zone`.

        `restated` days before the last load are read again; before any load, `first` days.
        """
        until = options.until or self.context.started_at.astimezone(self.zone(zone)).date()
        if options.since:
            return options.since, until
        loaded = (self.before or {}).get("loaded_until")
        since = date.fromisoformat(loaded) - restated if loaded else until - first
        return min(since, until), until

    def zone(self, name: str) -> ZoneInfo:
        """The account's timezone; `SourceError` for one that this machine does not know."""
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise SourceError(
                f"{self.who} is in timezone {name!r}, which is unknown on this machine. "
                "Update its timezone data (package tzdata)."
            ) from None

    def cursor(
        self, since: date, until: date, asked_at: str, timezone: str, **facts: str
    ) -> Cursor:
        """What to remember of a window that was read.

        `loaded_until` is the last day before which none is missing: a look back does not move
        it back, a window beyond a gap not forward, and none moves it past today. The `facts` of
        the account and its timezone are compared by `changed` next time.
        """
        reached = min(until, self.context.started_at.astimezone(self.zone(timezone)).date())
        if loaded := (self.before or {}).get("loaded_until"):
            known = date.fromisoformat(loaded)
            reached = known if since > known + timedelta(days=1) else max(reached, known)
        outdated = self.context.outdated.get((self.dataset.name, self.part))
        return {
            "since": str(since),
            "until": str(until),
            "asked_at": asked_at,
            "loaded_until": str(reached),
            "timezone": timezone,
            **facts,
            **coverage.remembered(self.before, outdated, since, until),
        }

    def notes(self, cursor: Cursor, **facts: str) -> tuple[str, ...]:
        """Warnings of a load: changes of the account, and days under an older contract."""
        old = coverage.advice(cursor, self.who, self.context.source.name, self.tenant.name)
        return (*self.changed(**facts), *old)

    def changed(self, **facts: str) -> tuple[str, ...]:
        """A warning for each fact of the account that is not as in the load before."""
        before = self.before or {}
        return tuple(
            f"{self.who}: {name} was {before[name]} and is {now}. Rows of days that were not "
            f"loaded again keep {before[name]}: load them again with since and until, "
            "or read them apart."
            for name, now in facts.items()
            if before.get(name, now) != now
        )


# What a source reads of one account.
Read = Callable[[Asked[A, C]], Batch | Iterable[Batch]]


def _chosen(options: TenantOptions, context: FetchContext) -> list[Tenant]:
    if options.tenant:
        return [tenants.load(options.tenant, context.settings)]
    found = tenants.load_all(context.settings)
    if not found:
        context.warnings.append(
            f"no tenant in {context.settings.tenants}: write one (docs/marketing.md)"
        )
    return found


def _given(asked: Asked[A, C], read: Read[A, C]) -> Iterator[Batch]:
    given = read(asked)
    yield from (given,) if isinstance(given, Batch) else given


def _shaped(batches: Iterator[Batch], who: str) -> Batch | None:
    """The next one; an answer that lacks a required part stops only this account."""
    try:
        return next(batches, None)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as odd:
        raise SourceError(
            f"{who}: an answer has an unexpected structure ({type(odd).__name__}: {odd}). "
            "Nothing of this answer was loaded. Look for a change of the provider's version."
        ) from odd


def _batches(asked: Asked[A, C], read: Read[A, C], label: str) -> Iterator[Batch]:
    """The account's batches until one cannot be had."""
    context, batches = asked.context, _given(asked, read)
    while True:
        fetch = partial(_shaped, batches, asked.who)
        try:
            batch = next(context.attempt(label, fetch, isolated=True), None)
        except ConfigError as error:
            # An address or version in this account's credentials: the others are none the worse.
            context.failures.append(Failure(label, error))
            return
        if batch is None:
            return
        yield batch


def _asked(
    tenant: Tenant,
    account: A,
    context: FetchContext,
    dataset: Dataset,
    provider: Provider[A, C],
) -> Asked[A, C] | None:
    """The account with its credentials; None, with a note, when these are wrong or missing."""
    part = f"{tenant.name}/{account.id}"
    try:
        credentials = resolve(provider.credentials, account.credentials, context.stored_credentials)
    except ConfigError as error:
        context.failures.append(Failure(part, error))
        return None
    if credentials is None:
        context.warnings.append(
            f"{tenant.name}: no credentials {account.credentials!r} for "
            f"{context.source.title} account {account.id}, left out"
        )
        return None
    return Asked(tenant, account, credentials, context, dataset, context.cursor(dataset, part))


def each_account(
    options: TenantOptions,
    context: FetchContext,
    dataset: Dataset,
    provider: Provider[A, C],
    read: Read[A, C],
) -> Iterator[Batch]:
    """Read each account of the selected tenants; a failure does not affect the others.

    `dataset` is the one whose cursor is used; `read` may yield several batches: one per dataset of
    the source, or several in sequence for a long window. `FF_TENANTS_AT_ONCE` tenants are read at
    a time, the accounts of one tenant in sequence.

    An account without any credentials is skipped with a warning: rows are never invented.
    """
    chosen = [
        (t, accounts) for t in _chosen(options, context) if (accounts := t.accounts(provider))
    ]
    if not chosen and not context.warnings:
        context.warnings.append(f"no tenant has an account of {context.source.title}")
    count = sum(len(accounts) for _, accounts in chosen)
    context.expected += count * len(context.source.datasets)

    def of_tenant(tenant: Tenant, accounts: tuple[A, ...], own: FetchContext) -> Iterator[Batch]:
        for account in accounts:
            if asked := _asked(tenant, account, own, dataset, provider):
                yield from _batches(asked, read, f"{dataset.name} {asked.part}")

    readers = [partial(of_tenant, tenant, accounts) for tenant, accounts in chosen]
    most = min(context.settings.tenants_at_once, len(readers))
    return at_once(most, context, readers) if most > 1 else sequence(context, readers)
