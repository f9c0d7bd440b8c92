"""Shopify Admin API over GraphQL: tokens, cost, errors under HTTP 200, pages.

Shopify answers most refusals with status 200 and a code in the body, and every answer contains
the cost of the query and the points that are left in the shop's bucket.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.engine.accounts.grants.oauth import AccessToken
from ff_analytics.engine.accounts.grants.rotating import RotatingToken
from ff_analytics.engine.accounts.rows import once
from ff_analytics.engine.base.errors import AuthError, ConfigError, SourceError, SourceUnavailable
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, plain, throttled
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Traffic

Record = dict[str, Any]

MOST = 250  # records of a connection in one answer, by Shopify's own limit

_SHOP = """{
  shop { name myshopifyDomain ianaTimezone currencyCode }
  currentAppInstallation { accessScopes { handle } }
}"""

_REFUSED = {
    402: "the shop is frozen: its owner has to pay Shopify's bill",
    403: "the app may not do this: grant it the scopes in docs/marketing.md and install it again",
    404: "there is no such shop or API version: check the account's domain and api_version",
    423: "the shop is locked: its owner has to ask Shopify",
    430: "Shopify treats the request as an attack: send fewer requests, check other clients",
}
_PASSING = {"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}


class TooCostly(SourceError):
    """One question costs more than any may; ask for fewer records at a time."""


def _wait_of(cost: Mapping[str, Any]) -> float | None:
    """Seconds until the bucket has the points that a query like this one needs."""
    status = cost.get("throttleStatus") or {}
    needed, have = cost.get("requestedQueryCost"), status.get("currentlyAvailable")
    rate = status.get("restoreRate")
    if needed is None or have is None or not rate:
        return None
    return max(0.0, (float(needed) - float(have)) / float(rate))


def _meaning(errors: Any, cost: Mapping[str, Any], where: str) -> Exception:
    listed = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    codes = {str(e.get("extensions", {}).get("code")) for e in listed}
    words = "; ".join(str(e.get("message")) for e in listed[:3]) or str(errors)
    said = f"{where} answered: {words}"
    if "THROTTLED" in codes:
        return throttled(f"{said} (throttled)", _wait_of(cost))
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly(said)
    if "ACCESS_DENIED" in codes:
        return AuthError(
            f"{said}. Nothing of this answer was loaded: grant the app the scopes in "
            "docs/marketing.md and install it again."
        )
    if codes & _PASSING:
        return PassingError(said)
    return SourceError(f"{said}. Check the fields against the API version.")


def dialect(limiter: RateLimiter) -> Callable[[Answer], None]:
    """Read `errors` also if there is data; an empty bucket delays the next query."""

    def classify(answer: Answer) -> None:
        where = public(answer.url)
        if answer.status in _REFUSED:
            kind = AuthError if answer.status == httpx.codes.FORBIDDEN else SourceError
            raise kind(f"{where} answered HTTP {answer.status}: {_REFUSED[answer.status]}.")
        plain(answer)
        body = answer.body if isinstance(answer.body, dict) else {}
        cost = body.get("extensions", {}).get("cost", {})
        # Data with errors is incomplete where access was denied, so it is not used.
        if body.get("errors"):
            raise _meaning(body["errors"], cost, where)
        if not isinstance(body.get("data"), dict):
            raise PassingError("answered without data")
        if wait := _wait_of(cost):
            limiter.hold(wait)

    return classify


Token = Callable[[bool], str]


def _lasting(token: str, who: str) -> Token:
    def get(renew: bool) -> str:
        if renew:
            raise AuthError(
                f"{who}: the shop refuses the access token. It was revoked or is of another "
                "shop: put a valid one into the block or the environment."
            )
        return token

    return get


def _token(
    credentials: ShopifyCredentials, shop: str, settings: Settings, traffic: Traffic, who: str
) -> Token:
    """The lasting token, else one of the shop's login, else one of the app's own organisation."""
    if credentials.access_token:
        return _lasting(credentials.access_token.get_secret_value(), who)
    secret = credentials.client_secret
    if not (credentials.client_id and secret):
        raise AuthError(f"{who}: give an access_token, or a client_id with its client_secret.")
    app = {"client_id": credentials.client_id, "client_secret": secret.get_secret_value()}
    url, file = credentials.oauth_url(shop, "access_token"), credentials.tokens(shop, settings)
    if file.exists():
        login = f"ff shopify login --shop {shop}"
        return RotatingToken(who, url, app, file, login, settings, traffic).get
    form = {"grant_type": "client_credentials", **app}
    return AccessToken(who, url, form, settings, traffic).get


def connect(
    credentials: ShopifyCredentials, shop: str, settings: Settings, traffic: Traffic, who: str
) -> Api:
    """The API of one shop, its token in a header where no log of addresses shows it."""
    token = _token(credentials, shop, settings, traffic, who)

    def authorise(renew: bool) -> dict[str, str]:
        return {"X-Shopify-Access-Token": token(renew)}

    limiter = RateLimiter(rate=20.0, burst=40)
    base = credentials.api_url(shop)
    return Api(who, base, settings, traffic, authorise, dialect=dialect(limiter), limiter=limiter)


@dataclass
class Shop:
    """One shop; `domain` is the requested one."""

    api: Api
    domain: str
    scopes: frozenset[str] = field(default=frozenset())
    timezone: str = "UTC"
    currency: str = ""
    notes: tuple[str, ...] = ()

    def ask(self, question: str, /, **variables: Any) -> Record:
        """`data` of the answer to one question."""
        body = {"query": question, "variables": variables}
        answer = self.api.request("POST", "graphql.json", json=body)
        served = answer.headers.get("x-shopify-api-version")
        wanted = self.api.base_url.rpartition("/")[2]
        # A version that has ended is answered as the oldest that still lives, without an error.
        if served and served != wanted:
            self.notes = (
                f"{self.api.who}: version {wanted} has ended and Shopify answers as {served}. "
                "Set api_version in the credentials.",
            )
        return dict(answer.body["data"])

    def identify(self) -> None:
        """Read timezone, currency and granted scopes.

        Raises `AuthError` when another shop answers than requested.
        """
        found = self.ask(_SHOP)
        domain = str(found["shop"]["myshopifyDomain"]).lower()
        if domain != self.domain.lower():
            raise AuthError(
                f"{self.api.who}: the shop {domain} answered. Either the token belongs to another "
                "tenant, or the tenant's file has to name this domain; nothing was loaded."
            )
        granted = found["currentAppInstallation"]["accessScopes"]
        self.scopes = frozenset(str(scope["handle"]) for scope in granted)
        self.timezone = str(found["shop"]["ianaTimezone"])
        self.currency = str(found["shop"]["currencyCode"])

    def pages(
        self, query: str, path: Iterable[str], size: int, **variables: Any
    ) -> Iterator[list[Record]]:
        """Pages of the connection at `path` of the answer; `query` takes $first and $after.

        When Shopify rejects a page as too costly, later pages are smaller.
        """

        def answers() -> Iterator[tuple[str | None, list[Record]]]:
            first, after = min(size, MOST), variables.pop("after", None)
            while True:
                try:
                    found: Any = self.ask(query, first=first, after=after, **variables)
                except TooCostly:
                    if first == 1:
                        raise
                    first = max(1, first // 2)
                    continue
                for step in path:
                    found = found[step] if found else None
                if not found:
                    return
                after = self._next(found["pageInfo"])
                yield after, found["nodes"]
                if after is None:
                    return

        return once(answers(), self.api.who)

    def _next(self, info: Record) -> str | None:
        if not info["hasNextPage"]:
            return None
        if not info.get("endCursor"):
            raise SourceUnavailable(
                f"{self.api.who}: Shopify announces more pages but no cursor. Nothing was loaded; "
                "run again."
            )
        return str(info["endCursor"])


def client(credentials: ShopifyCredentials, settings: Settings, traffic: Traffic) -> Shop:
    """The client for the shop of the token. Raises `ConfigError` without its domain."""
    if not (credentials.shop or credentials.base_url):
        raise ConfigError("Shopify: give the shop's domain (shop) to test the connection.")
    api = connect(credentials, credentials.shop, settings, traffic, "Shopify")
    return Shop(api, credentials.shop)


def whoami(credentials: ShopifyCredentials, settings: Settings, traffic: Traffic) -> str:
    """Name and domain of the shop behind the token."""
    shop = client(credentials, settings, traffic).ask(_SHOP)["shop"]
    return f"{shop['name']} ({shop['myshopifyDomain']})"
