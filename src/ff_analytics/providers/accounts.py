"""One batch per tenant's account: which tenants, which window, whose credentials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from ff_analytics.dataset import Dataset
from ff_analytics.errors import ConfigError, SourceError
from ff_analytics.providers import tenants
from ff_analytics.providers.credentials import Credentials, resolve
from ff_analytics.providers.tenants import Account, Tenant
from ff_analytics.source import Batch, Cursor, Failure, FetchContext, SourceOptions

A = TypeVar("A", bound=Account)
C = TypeVar("C", bound=Credentials)
T = TypeVar("T")

FIRST_LOAD = timedelta(days=30)


class TenantOptions(SourceOptions):
    """Options of every source that is loaded per tenant."""

    tenant: str | None = Field(
        None, description="One tenant, a file in tenants/. Empty = all of them, one after another."
    )


class WindowOptions(TenantOptions):
    """Options of a source that is asked for a range of days."""

    since: date | None = Field(
        None,
        description="First day to load, in the account's timezone. Empty = since the last load, "
        "less the days that the provider still restates; 30 days back on the first load.",
    )
    until: date | None = Field(None, description="Last day to load. Empty = today.")

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
                f"{self.who} is in timezone {name!r}, which this machine does not know. "
                "Update its timezone data (package tzdata)."
            ) from None

    def cursor(self, since: date, until: date, asked_at: str, **facts: str) -> Cursor:
        """What to remember of a window that was read; a look back never moves it back.

        `facts` of the account (currency, timezone) are compared by `changed` next time.
        """
        loaded = max(str(until), str((self.before or {}).get("loaded_until", "")))
        return {
            "since": str(since),
            "until": str(until),
            "asked_at": asked_at,
            "loaded_until": loaded,
            **facts,
        }

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


def _chosen(options: TenantOptions, context: FetchContext) -> list[Tenant]:
    if options.tenant:
        return [tenants.load(options.tenant, context.settings)]
    found = tenants.load_all(context.settings)
    if not found:
        context.warnings.append(
            f"no tenant in {context.settings.tenants}: write one (docs/marketing.md)"
        )
    return found


def _shaped(read: Callable[[Asked[A, C]], T], asked: Asked[A, C]) -> T:
    """What `read` gives; an answer without a part that belongs there stops this account alone."""
    try:
        return read(asked)
    except (AttributeError, IndexError, KeyError, TypeError) as odd:
        raise SourceError(
            f"{asked.who}: an answer is not built as expected ({type(odd).__name__}: {odd}). "
            "Nothing of this account was loaded. Look for a change of the provider's version."
        ) from odd


def each_account(
    options: TenantOptions,
    context: FetchContext,
    dataset: Dataset,
    accounts: Callable[[Tenant], tuple[A, ...]],
    model: type[C],
    read: Callable[[Asked[A, C]], Batch | tuple[Batch, ...]],
) -> Iterator[Batch]:
    """Read each account of the chosen tenants; one that fails leaves the others alone.

    `dataset` is the one whose cursor counts; `read` may give a batch of each of the source's.

    An account without any credentials is left out with a warning: nothing is ever invented.
    """
    chosen = [(t, account) for t in _chosen(options, context) for account in accounts(t)]
    if not chosen and not context.warnings:
        context.warnings.append(f"no tenant has an account of {context.source.title}")
    context.expected += len(chosen) * len(context.source.datasets)
    for tenant, account in chosen:
        part = f"{tenant.name}/{account.id}"
        try:
            credentials = resolve(model, account.credentials, context.stored_credentials)
        except ConfigError as error:
            context.failures.append(Failure(part, error))
            continue
        if credentials is None:
            context.warnings.append(
                f"{tenant.name}: no credentials {account.credentials!r} for "
                f"{context.source.title} account {account.id}, left out"
            )
            continue
        before = context.cursor(dataset, part)
        asked = Asked(tenant, account, credentials, context, dataset, before)
        label = f"{dataset.name} {part}"
        for given in context.attempt(label, partial(_shaped, read, asked), isolated=True):
            yield from (given,) if isinstance(given, Batch) else given
