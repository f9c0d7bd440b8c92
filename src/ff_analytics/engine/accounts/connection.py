"""Does a provider take these credentials? One cheap question each, for blocks and the doctor."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ff_analytics.engine.accounts import tenants
from ff_analytics.engine.accounts.provider import of_kind, providers
from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.http.credentials import Credentials, Stored
from ff_analytics.engine.http.credentials import resolve as credentials_of
from ff_analytics.engine.http.traffic import Traffic


def test_connection(credentials: Credentials) -> dict[str, Any]:
    """`{ok, account, latency_ms, error}`; never raises and never shows a secret."""
    began = time.monotonic()
    account, error = None, None
    try:
        account = of_kind(credentials.kind).whoami(credentials, get_settings(), Traffic())
    except FFError as refused:
        error = str(refused)
    latency = round(1000 * (time.monotonic() - began))
    return {"ok": error is None, "account": account, "latency_ms": latency, "error": error}


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test


@dataclass(frozen=True)
class Configured:
    """Credentials that tenants' accounts name, and the provider's answer to them.

    `result` is that of `test_connection`, None when the credentials are not set anywhere.
    """

    kind: str
    name: str
    tenants: tuple[str, ...]
    result: dict[str, Any] | None


@dataclass
class _Named:
    """The users of the credentials: tenants, and the first of their accounts."""

    account: str
    tenants: list[str]


def _named(settings: Settings) -> dict[tuple[type[Credentials], str], _Named]:
    """Every pair of credentials model and name in the tenants' files, with its users."""
    found: dict[tuple[type[Credentials], str], _Named] = {}
    for tenant in tenants.load_all(settings):
        for provider in providers():
            for account in tenant.accounts(provider):
                asked = (provider.credentials, account.credentials)
                users = found.setdefault(asked, _Named(account.id, []))
                users.tenants += [] if tenant.name in users.tenants else [tenant.name]
    return found


def configured(settings: Settings, stored: Stored | None = None) -> Iterator[Configured]:
    """Each provider connection of the tenants' files, tested once however many use it.

    Raises `ConfigError` for a tenant's file that is wrong.
    """
    for (model, name), users in _named(settings).items():
        result: dict[str, Any] | None
        try:
            credentials = credentials_of(model, name, stored)
            known = credentials.of_account(users.account) if credentials else None
            result = test_connection(known) if known else None
        except ConfigError as wrong:
            result = {"ok": False, "account": None, "error": str(wrong)}
        yield Configured(model.kind, name, tuple(users.tenants), result)
