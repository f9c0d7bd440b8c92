"""Klaviyo: the campaigns of an account, and what each sent message brought.

Parsing follows revision 2026-07-15; 2026-10-15 replaces the shape of campaigns.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ff_analytics.domains.marketing.klaviyo.credentials import KlaviyoCredentials
from ff_analytics.engine.accounts.rows import once
from ff_analytics.engine.base.errors import AuthError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, plain, throttled
from ff_analytics.engine.http.client import public, retry_after
from ff_analytics.engine.http.traffic import Traffic

CHANNELS = ("email", "sms", "mobile_push")
COUNTS = (
    *("recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks"),
    *("clicks_unique", "unsubscribes", "unsubscribe_uniques", "spam_complaints"),
    *("conversions", "conversion_uniques"),
)
STATISTICS = (*COUNTS, "conversion_value")
LONGEST_REPORT = timedelta(days=365)

_JSON_API = "application/vnd.api+json"


def _error_text(answer: Answer) -> str:
    errors = answer.body.get("errors", []) if isinstance(answer.body, dict) else []
    details = [
        " ".join(str(e[k]) for k in ("title", "detail") if e.get(k)) or str(e.get("code"))
        for e in errors
        if isinstance(e, dict)
    ]
    where = f"{public(answer.url)} answered HTTP {answer.status}"
    return f"{where}: {'; '.join(details)}" if details else where


def dialect(answer: Answer) -> None:
    """Plain statuses, with the reason of a refusal from the JSON:API errors."""
    status = answer.status
    if status == 429:
        raise throttled(f"{_error_text(answer)} (throttled)", retry_after(answer.response))
    if status in (401, 403):
        raise AuthError(
            f"{_error_text(answer)}. Put a private key into the block or the environment "
            "that may read accounts, campaigns and metrics."
        )
    if status == 410:
        raise SourceError(f"{_error_text(answer)}. This revision has ended: set a newer one.")
    if 400 <= status < 500 and status not in (404, 408):
        raise SourceError(f"{_error_text(answer)}. Check the revision and the conversion metric.")
    plain(answer)


@dataclass(frozen=True)
class Klaviyo:
    """One account; reports have a quota of their own, two a minute."""

    lists: Api
    reports: Api

    def describe(self) -> dict[str, Any]:
        """Id, timezone and currency of the account that the key belongs to."""
        body = self.lists.get("api/accounts")

        def of(*path: str) -> str:
            return str(self.lists.part(body, "data", 0, *path))

        contact = self.lists.part(body, "data", 0, "attributes").get("contact_information") or {}
        return {
            "id": of("id"),
            "name": contact.get("organization_name"),
            "timezone": of("attributes", "timezone"),
            "currency": of("attributes", "preferred_currency"),
        }

    def expect(self, account: str) -> dict[str, Any]:
        """The account's facts; refused when the key belongs to another one."""
        found = self.describe()
        if found["id"] != account:
            raise AuthError(
                f"{self.lists.who}: Klaviyo answered for account {found['id']}. The key belongs "
                "to another tenant; nothing was loaded."
            )
        return found

    def campaigns(self, channel: str) -> Iterator[list[dict[str, Any]]]:
        """All campaigns of a channel; Klaviyo returns archived ones only on request."""
        for archived in ("false", "true"):
            question = f"equals(messages.channel,'{channel}'),equals(archived,{archived})"
            # By id, which never changes: by updated_at a campaign could slip between two pages.
            first = {"filter": question, "sort": "id", "page[size]": "100"}
            yield from once(self._pages(first), self.lists.who)

    def _pages(self, first: dict[str, str]) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
        body = self.lists.get("api/campaigns", first)
        while True:
            following = (self.lists.part(body, "links") or {}).get("next")
            yield following, self.lists.part(body, "data")
            if not following:
                return
            body = self.lists.get(following)

    def values(self, since: date, until: date, metric: str) -> Iterator[list[dict[str, Any]]]:
        """Statistics of every message sent from `since` to `until`, days of the account.

        One request for all campaigns, and one more for each further year or page.
        """
        while since <= until:
            last = min(until, since + LONGEST_REPORT - timedelta(days=1))
            yield from once(self._report(_question(since, last, metric)), self.reports.who)
            since = last + timedelta(days=1)

    def _report(
        self, question: dict[str, Any]
    ) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
        path = "api/campaign-values-reports"
        while True:
            body = self.reports.post(path, question)
            results = self.reports.part(body, "data", "attributes", "results")
            following = (body.get("links") or {}).get("next")
            yield following, results
            if not following:
                return
            path = following


def _question(since: date, until: date, metric: str) -> dict[str, Any]:
    # Klaviyo reads the times as the account's own and ignores the offset.
    timeframe = {"start": f"{since}T00:00:00+00:00", "end": f"{until}T23:59:59+00:00"}
    attributes = {
        "statistics": list(STATISTICS),
        "timeframe": timeframe,
        "conversion_metric_id": metric,
    }
    return {"data": {"type": "campaign-values-report", "attributes": attributes}}


def connect(
    credentials: KlaviyoCredentials,
    settings: Settings,
    traffic: Traffic,
    who: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Klaviyo:
    """The account's API, within Klaviyo's published quotas for lists and for reports."""
    key = credentials.api_key.get_secret_value()
    headers = {"revision": credentials.revision, "Accept": _JSON_API, "Content-Type": _JSON_API}

    def api(limiter: RateLimiter) -> Api:
        return Api(
            who,
            credentials.base_url,
            settings,
            traffic,
            lambda renew: {"Authorization": f"Klaviyo-API-Key {key}"},
            dialect=dialect,
            limiter=limiter,
            headers=headers,
        )

    # Lists: 10 a second, 150 a minute. Reports: 2 a minute; two at once and a third 30 s later
    # would be three within one of Klaviyo's fixed minutes.
    return Klaviyo(
        lists=api(RateLimiter(rate=2.3, burst=10, sleep=sleep, clock=clock)),
        reports=api(RateLimiter(rate=2 / 60, burst=1, sleep=sleep, clock=clock)),
    )


def client(credentials: KlaviyoCredentials, settings: Settings, traffic: Traffic) -> Klaviyo:
    """The client for these credentials, ready to use."""
    return connect(credentials, settings, traffic, "Klaviyo")


def whoami(credentials: KlaviyoCredentials, settings: Settings, traffic: Traffic) -> str:
    """Name and id of the account behind the key."""
    found = client(credentials, settings, traffic).describe()
    return f"{found['name']} ({found['id']})" if found["name"] else str(found["id"])
