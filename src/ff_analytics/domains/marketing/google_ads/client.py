"""Google Ads REST API: campaigns by day through searchStream.

A stream is one JSON array of batches. Errors come as an object or as an array of one, in the
middle of a stream even under status 200; their meaning is in `details`, not in the status.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from ff_analytics.domains.marketing.google_ads.credentials import GoogleAdsCredentials
from ff_analytics.engine.accounts.grants.oauth import AccessToken
from ff_analytics.engine.accounts.rows import nested
from ff_analytics.engine.base.errors import AccountClosed, AuthError, RateLimited, SourceError
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, TokenRefused, plain, throttled
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Traffic

FIELDS = (
    *("campaign.id", "campaign.name", "campaign.status", "campaign.advertising_channel_type"),
    *("segments.date", "metrics.cost_micros", "metrics.impressions", "metrics.clicks"),
    *("metrics.conversions", "metrics.conversions_value"),
    *("metrics.all_conversions", "metrics.all_conversions_value"),
)
_ACCOUNT = "customer.id, customer.currency_code, customer.time_zone, customer.manager"

_RENEWABLE = {"OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_HEADER_INVALID"}
_CLOSED = {"CUSTOMER_NOT_ENABLED", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"}
_SOON = {"RESOURCE_TEMPORARILY_EXHAUSTED", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"}
_ANOTHER_DAY = {"RESOURCE_EXHAUSTED", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"}
_PASSING = {"INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED", "UNAVAILABLE", "INTERNAL"}


@dataclass(frozen=True)
class Refusal:
    """An error answer; `codes` are those of Google Ads, or else the plain status."""

    codes: tuple[tuple[str, str], ...]
    message: str
    wait: float | None

    def any_of(self, names: set[str]) -> bool:
        return any(name in names for _, name in self.codes)

    def family(self, name: str) -> bool:
        return any(family == name for family, _ in self.codes)


def _seconds(duration: Any) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(duration))
    return float(found[1]) if found else None


def refusal_of(body: Any) -> Refusal | None:
    """The error in an answer, None if there is none."""
    parts = body if isinstance(body, list) else [body]
    error = next((p["error"] for p in parts if isinstance(p, dict) and "error" in p), None)
    if not isinstance(error, dict):
        return None
    each = [one for detail in error.get("details", ()) for one in detail.get("errors", ())]
    codes = tuple(pair for one in each for pair in one.get("errorCode", {}).items())
    delays = [
        _seconds(one.get("details", {}).get("quotaErrorDetails", {}).get("retryDelay"))
        for one in each
    ]
    said = "; ".join(str(one.get("message", "")) for one in each) or str(error.get("message", ""))
    return Refusal(
        codes or (("status", str(error.get("status", ""))),),
        f"{', '.join(name for _, name in codes) or error.get('status')}: {said}",
        max((delay for delay in delays if delay is not None), default=None),
    )


def _raise(refusal: Refusal, answer: Answer, login: str | None) -> NoReturn:
    said = f"{public(answer.url)} answered {refusal.message}"
    if refusal.any_of(_CLOSED):
        raise AccountClosed(f"{said}. Remove the account from the tenant's file, or reopen it.")
    if refusal.any_of(_ANOTHER_DAY) and refusal.family("quotaError"):
        raise RateLimited(f"{said}. This is the daily quota: loaded rows stay; run again tomorrow.")
    if refusal.any_of(_SOON) or answer.status == 429:
        raise throttled(f"{said} (throttled)", refusal.wait)
    if refusal.any_of(_RENEWABLE) or (answer.status == 401 and refusal.family("status")):
        raise TokenRefused
    if refusal.any_of({"UNSUPPORTED_VERSION"}):
        raise SourceError(_sunset(answer))
    if refusal.any_of({"USER_PERMISSION_DENIED"}):
        through = f"through manager {login}" if login else "without a manager"
        raise AuthError(
            f"{said}. The request used {through}: set login_customer_id to the manager "
            "account that the user belongs to, and check that it manages this customer."
        )
    if answer.status in (401, 403) or refusal.family("authenticationError"):
        raise AuthError(
            f"{said}. Check the OAuth client, the user, and that the Google "
            "Ads API is enabled in the client's Cloud project with an access level that reaches "
            "this account (docs/marketing.md)."
        )
    if refusal.any_of(_PASSING) or answer.status >= 500:
        raise PassingError(said)
    raise SourceError(f"{said}. Check the account, the fields and the API version.")


def _sunset(answer: Answer) -> str:
    return (
        f"{public(answer.url)} is not served: this version of the Google Ads API has ended, or the "
        "address is wrong. Set base_url of the credentials to a version that is served, such as "
        "https://googleads.googleapis.com/v26."
    )


def dialect(login: str | None) -> Callable[[Answer], None]:
    """Read the codes in the body; a stream that breaks off is no JSON and comes again."""

    def classify(answer: Answer) -> None:
        if refusal := refusal_of(answer.body):
            _raise(refusal, answer, login)
        if answer.status == 404:
            raise SourceError(_sunset(answer))
        plain(answer)

    return classify


def connect(
    credentials: GoogleAdsCredentials, settings: Settings, traffic: Traffic, who: str
) -> Api:
    """The API; requests carry an access token and, below a manager account, its id."""
    login = credentials.login_customer_id
    # An empty value is refused, a missing header is not.
    developer = credentials.developer_token
    named = {
        "developer-token": developer.get_secret_value().strip() if developer else "",
        "login-customer-id": login or "",
    }
    token = AccessToken(
        who,
        credentials.token_url,
        {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.get_secret_value(),
            "refresh_token": credentials.refresh_token.get_secret_value(),
        },
        settings,
        traffic,
    )

    def authorise(renew: bool) -> dict[str, str]:
        return {"Authorization": f"Bearer {token.get(renew)}"}

    return Api(
        who,
        credentials.base_url,
        settings,
        traffic,
        authorise,
        dialect=dialect(login),
        limiter=RateLimiter(rate=5.0, burst=10),
        headers={name: value for name, value in named.items() if value},
    )


def client(credentials: GoogleAdsCredentials, settings: Settings, traffic: Traffic) -> Api:
    """The client for these credentials, ready to use."""
    return connect(credentials, settings, traffic, "Google Ads")


def whoami(credentials: GoogleAdsCredentials, settings: Settings, traffic: Traffic) -> str:
    """Which customers the user can reach directly."""
    found = client(credentials, settings, traffic).get("customers:listAccessibleCustomers")
    names = [str(name).removeprefix("customers/") for name in found.get("resourceNames", ())]
    return f"user of {len(names)} customers ({', '.join(names[:3])})"


@dataclass(frozen=True)
class Campaigns:
    """The campaigns of one customer."""

    api: Api
    customer: str

    def _stream(self, query: str) -> Iterator[list[dict[str, Any]]]:
        batches = self.api.post(
            f"customers/{self.customer}/googleAds:searchStream", {"query": query}
        )
        if not isinstance(batches, list) or not all(isinstance(b, dict) for b in batches):
            raise SourceError(
                f"{self.api.who}: Google's answer is not a stream of batches. "
                "Check base_url of the credentials."
            )
        for batch in batches:
            results = batch.get("results", [])
            for record in results:
                self.check(record)
            yield results

    def check(self, record: dict[str, Any]) -> None:
        """Refuse rows of another customer."""
        for kind in ("customer", "campaign"):
            name = str(nested(record, kind).get("resourceName", ""))
            owner = name.split("/")[1] if name.startswith("customers/") else self.customer
            if owner != self.customer:
                raise AuthError(
                    f"{self.api.who}: Google answered for customer {owner}. The credentials "
                    "belong to another tenant; nothing was loaded."
                )

    def describe(self) -> dict[str, Any]:
        """Currency and timezone of the customer; `SourceError` for a manager, which has no rows."""
        found = [
            r for page in self._stream(f"SELECT {_ACCOUNT} FROM customer LIMIT 1") for r in page
        ]
        customer = nested(found[0], "customer") if found else {}
        if str(customer.get("id", "")) != self.customer:
            raise AuthError(
                f"{self.api.who}: Google answered for customer {customer.get('id', '(none)')}. "
                "The credentials belong to another tenant; nothing was loaded."
            )
        if customer.get("manager"):
            raise SourceError(
                f"{self.api.who} is a manager account, which has no campaigns of its own. Name "
                "the accounts below it in the tenant's file, and it as login_customer_id."
            )
        return {name: self.api.part(customer, name) for name in ("currencyCode", "timeZone")}

    def pages(self, since: date, until: date) -> Iterator[list[dict[str, Any]]]:
        """Records by campaign and day, those of removed campaigns too."""
        return self._stream(
            f"SELECT {', '.join(FIELDS)} FROM campaign "
            f"WHERE segments.date BETWEEN '{since}' AND '{until}'"
        )
