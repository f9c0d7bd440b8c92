"""Klaviyo: campaigns and flows of an account, and what their messages brought.

Revision 2026-10-15 replaces the shape of campaigns and the questions for them; older revisions are
read, too. `shapes` converts both.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ff_analytics.domains.marketing.klaviyo import shapes
from ff_analytics.domains.marketing.klaviyo.credentials import KlaviyoCredentials
from ff_analytics.engine.accounts.rows import once
from ff_analytics.engine.base.errors import AuthError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, plain, throttled
from ff_analytics.engine.http.client import public, retry_after
from ff_analytics.engine.http.traffic import Traffic

# From this revision on a campaign has audiences and messages of any channel, and the list needs
# no filter. Before it, each channel is asked for, and WhatsApp campaigns cannot be listed.
ANY_CHANNEL = "2026-10-15"
CHANNELS = ("email", "sms", "mobile_push")
COUNTS = (
    *("recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks"),
    *("clicks_unique", "unsubscribes", "unsubscribe_uniques", "spam_complaints"),
    *("conversions", "conversion_uniques"),
)
STATISTICS = (*COUNTS, "conversion_value")
LONGEST_REPORT = timedelta(days=365)
LONGEST_SERIES = timedelta(days=60)

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
            "that may read accounts, campaigns, flows and metrics."
        )
    if status == 410:
        raise SourceError(f"{_error_text(answer)}. This revision has ended: set a newer one.")
    if 400 <= status < 500 and status not in (404, 408):
        raise SourceError(f"{_error_text(answer)}. Check the revision and the conversion metric.")
    plain(answer)


@dataclass(frozen=True)
class Klaviyo:
    """One account; reports and the list of flows have quotas of their own.

    `served` contains revisions of answers other than the requested one.
    """

    lists: Api
    flow_lists: Api
    reports: Api
    revision: str
    served: set[str] = field(default_factory=set)

    @property
    def effective(self) -> str:
        """The revision that Klaviyo answers with; known after the first answer."""
        return max(self.served, default=self.revision)

    def notes(self) -> tuple[str, ...]:
        """A warning when Klaviyo silently answered with another revision."""
        if not self.served:
            return ()
        return (
            f"{self.lists.who}: Klaviyo answered with revision {', '.join(sorted(self.served))} "
            f"although {self.revision} was requested, which has probably ended. The answers were "
            "read in their own shape; set the revision of the credentials to one that is served.",
        )

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

    def campaigns(self, channel: str | None) -> Iterator[list[dict[str, Any]]]:
        """All campaigns, or those of a channel; Klaviyo returns archived ones only on request."""
        for archived in ("false", "true"):
            wanted = f"equals(archived,{archived})"
            if channel:
                wanted = f"equals(messages.channel,'{channel}'),{wanted}"
            # By id, which never changes: by updated_at a campaign could slip between two pages.
            first = {"filter": wanted, "sort": "id", "page[size]": "100"}
            if not channel:
                first["include"] = "campaign-audiences,campaign-messages"
            yield from once(self._pages(self.lists, "api/campaigns", first), self.lists.who)

    def flows(self) -> Iterator[list[dict[str, Any]]]:
        """All flows; archived ones only on request, as with campaigns."""
        for archived in ("false", "true"):
            first = {"filter": f"equals(archived,{archived})", "sort": "id", "page[size]": "50"}
            yield from once(self._pages(self.flow_lists, "api/flows", first), self.lists.who)

    def _pages(
        self, api: Api, path: str, first: dict[str, str]
    ) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
        body = api.get(path, first)
        while True:
            following = (api.part(body, "links") or {}).get("next")
            yield following, shapes.joined(api.part(body, "data"), body.get("included"))
            if not following:
                return
            body = api.get(following)

    def values(self, since: date, until: date, metric: str) -> Iterator[list[dict[str, Any]]]:
        """Statistics of every message sent from `since` to `until`, days of the account.

        One request for all campaigns, and one more for each further year or page.
        """
        while since <= until:
            last = min(until, since + LONGEST_REPORT - timedelta(days=1))
            asked = _question("campaign-values-report", since, last, metric)
            for ((_, results),) in once(self._report(asked), self.reports.who):
                yield results
            since = last + timedelta(days=1)

    def flow_days(self, since: date, until: date, metric: str) -> Iterator[list[dict[str, Any]]]:
        """Statistics of every flow message by day, as `{groupings, statistics, date}`.

        One request for each 60 days, Klaviyo's limit for a series by day.
        """
        while since <= until:
            last = min(until, since + LONGEST_SERIES - timedelta(days=1))
            asked = _question("flow-series-report", since, last, metric, interval="daily")
            for ((body, results),) in once(self._report(asked), self.reports.who):
                moments = self.reports.part(body, "data", "attributes", "date_times")
                yield shapes.by_day(results, moments, self.reports.who)
            since = last + timedelta(days=1)

    def _report(self, question: dict[str, Any]) -> Iterator[tuple[str | None, list[Any]]]:
        path = f"api/{question['data']['type']}s"
        while True:
            body = self.reports.post(path, question)
            results = self.reports.part(body, "data", "attributes", "results")
            following = (body.get("links") or {}).get("next")
            yield following, [(body, results)]
            if not following:
                return
            path = following


def _question(kind: str, since: date, until: date, metric: str, **more: str) -> dict[str, Any]:
    # Klaviyo reads the times as the account's own and ignores the offset.
    timeframe = {"start": f"{since}T00:00:00+00:00", "end": f"{until}T23:59:59+00:00"}
    attributes = {
        "statistics": list(STATISTICS),
        "timeframe": timeframe,
        "conversion_metric_id": metric,
        **more,
    }
    return {"data": {"type": kind, "attributes": attributes}}


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
    served: set[str] = set()

    def noticing(answer: Answer) -> None:
        dialect(answer)
        revision = answer.headers.get("revision", credentials.revision)
        if revision != credentials.revision:
            served.add(revision)

    headers = {"revision": credentials.revision, "Accept": _JSON_API, "Content-Type": _JSON_API}

    def api(limiter: RateLimiter) -> Api:
        return Api(
            who,
            credentials.base_url,
            settings,
            traffic,
            lambda renew: {"Authorization": f"Klaviyo-API-Key {key}"},
            dialect=noticing,
            limiter=limiter,
            headers=headers,
        )

    # Lists: 10 a second, 150 a minute; flows: 3 and 60. Reports: 2 a minute; two at once and a
    # third 30 s later would be three within one of Klaviyo's fixed minutes.
    return Klaviyo(
        lists=api(RateLimiter(rate=2.3, burst=10, sleep=sleep, clock=clock)),
        flow_lists=api(RateLimiter(rate=0.95, burst=3, sleep=sleep, clock=clock)),
        reports=api(RateLimiter(rate=2 / 60, burst=1, sleep=sleep, clock=clock)),
        revision=credentials.revision,
        served=served,
    )


def client(credentials: KlaviyoCredentials, settings: Settings, traffic: Traffic) -> Klaviyo:
    """The client for these credentials, ready to use."""
    return connect(credentials, settings, traffic, "Klaviyo")


def whoami(credentials: KlaviyoCredentials, settings: Settings, traffic: Traffic) -> str:
    """Name and id of the account behind the key."""
    found = client(credentials, settings, traffic).describe()
    return f"{found['name']} ({found['id']})" if found["name"] else str(found["id"])
