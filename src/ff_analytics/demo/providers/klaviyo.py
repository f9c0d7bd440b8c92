"""A fake of Klaviyo's API: account, campaigns and flows by page, reports and their quota."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults, serve

REVISION = "2026-10-15"
# Shape of campaigns before: each has one channel, which the list requires as filter.
ONE_CHANNEL = "2026-07-15"


# A report's word for a channel where it differs from the list's.
REPORTED = {"mobile_push": "push-notification"}
# What Klaviyo accepts in the questions, so that a wrong one does not pass unseen.
LISTED = ("email", "sms", "mobile_push")
FILTERS = {
    REVISION: {"id", "name", "archived", "builder", "created_at", "updated_at"},
    ONE_CHANNEL: {
        *("id", "messages.channel", "name", "status", "archived"),
        *("created_at", "scheduled_at", "updated_at"),
    },
}


def refused(
    status: int, code: str, detail: str, parameter: str = "", wait: int | None = None
) -> JSONResponse:
    """A JSON:API error document; a full quota contains the wait in seconds."""
    error: dict[str, Any] = {"id": "e1", "status": status, "code": code, "title": "Refused."}
    error |= {"detail": detail, "source": {"parameter": parameter} if parameter else {}}
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return JSONResponse({"errors": [error]}, status, headers)


@dataclass
class Account:
    """One account and its campaigns."""

    id: str
    key: str
    timezone: str = "America/New_York"
    currency: str = "USD"
    metric: str = "RESQ6t"
    campaigns: dict[str, dict[str, Any]] = field(default_factory=dict)
    statistics: dict[str, dict[str, float]] = field(default_factory=dict)
    # What the channels of a campaign after its first one brought.
    further: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)
    flow_days: dict[tuple[str, str, str], dict[date, dict[str, float]]] = field(
        default_factory=dict
    )

    def send(self, identity: str, at: str, **more: Any) -> dict[str, Any]:
        """Add a campaign that was sent `at` (ISO), or a draft when that is empty."""
        campaign = {
            "name": f"Campaign {identity}",
            "status": "Sent" if at else "Draft",
            "archived": False,
            "audiences": {"included": ["Y6nRLr"], "excluded": []},
            "send_options": {"use_smart_sending": True},
            "tracking_options": None,
            "send_strategy": {"method": "immediate"},
            "created_at": "2026-01-01T08:00:00+00:00",
            "updated_at": at or "2026-01-02T08:00:00.123456+00:00",
            "scheduled_at": None,
            "send_time": at or None,
            "channel": "email",
            **more,
        }
        self.campaigns[identity] = campaign
        if at:
            counts = {"recipients": 1000.0, "delivered": 990.0, "opens": 400.0, "clicks": 40.0}
            self.statistics[identity] = {**counts, "conversions": 3.0, "conversion_value": 149.97}
        return campaign

    def flow(self, identity: str, **more: Any) -> dict[str, Any]:
        """Add a flow."""
        made = "2026-01-01T08:00:00+00:00"
        self.flows[identity] = {
            **{"name": f"Flow {identity}", "status": "live", "archived": False},
            **{"created": made, "updated": made, "trigger_type": "Metric"},
            **more,
        }
        return self.flows[identity]

    def bring(self, flow: str, day: date, channel: str = "email", **statistics: float) -> None:
        """What the message of a flow brought on a day."""
        self.flow_days.setdefault((flow, f"{flow}-m", channel), {})[day] = statistics

    def results(self, identity: str) -> Iterator[tuple[str, dict[str, float]]]:
        """Channel and statistics of a campaign's message."""
        channel = self.campaigns[identity]["channel"]
        yield REPORTED.get(channel, channel), self.statistics[identity]
        yield from self.further.get(identity, {}).items()

    def parts(self, identity: str, url: str) -> list[dict[str, Any]]:
        """Audience and message of a campaign, as revision 2026-10-15 includes them."""
        campaign = self.campaigns[identity]
        made = {"created": campaign["created_at"], "updated": campaign["created_at"]}
        audience = {"name": "All", "priority": 0, **campaign["audiences"]}
        status = campaign["status"].lower()
        options = {"send_strategy": "static", "send_time": campaign["send_time"]}
        message = {"name": "Message 1", "status": status, "send_options": options}
        return [
            {
                "type": f"campaign-{kind}",
                "id": f"{identity}-{kind[0]}",
                "attributes": {**made, "definition": definition},
                "links": {"self": f"{url}/api/campaign-{kind}s/{identity}-{kind[0]}/"},
            }
            for kind, definition in (("audience", audience), ("message", message))
        ]

    def of_any_channel(self, identity: str, url: str) -> dict[str, Any]:
        """A campaign as revision 2026-10-15 returns it."""
        campaign = self.campaigns[identity]
        definition = {
            "name": campaign["name"],
            "builder": "canvas",
            "archived": campaign["archived"],
            "send_settings": {"send_timezone": self.timezone, "send_strategy": "static"},
        }
        related = {
            f"{part['type']}s": {"data": [{"type": part["type"], "id": part["id"]}]}
            for part in self.parts(identity, url)
        }
        times = {name: campaign[name] for name in ("created_at", "updated_at") if name in campaign}
        attributes = {**times, "definition": definition}
        links = {"self": f"{url}/api/campaigns/{identity}/"}
        found = {"type": "campaign", "id": identity, "attributes": attributes}
        return {**found, "relationships": related, "links": links}

    def flow_resource(self, identity: str, url: str) -> dict[str, Any]:
        links = {"self": f"{url}/api/flows/{identity}/"}
        return {"type": "flow", "id": identity, "attributes": self.flows[identity], "links": links}

    def resource(self, identity: str, url: str) -> dict[str, Any]:
        """A campaign as revisions before 2026-10-15 return it."""
        attributes = {k: v for k, v in self.campaigns[identity].items() if k != "channel"}
        links = {"self": f"{url}/api/campaigns/{identity}/"}
        return {"type": "campaign", "id": identity, "attributes": attributes, "links": links}

    def itself(self, url: str) -> dict[str, Any]:
        contact = {
            "default_sender_name": "Shop",
            "default_sender_email": "shop@example.com",
            "website_url": "https://shop.example.com",
            "organization_name": "Shop of the example",
            "street_address": {
                **{"address1": "1 Street", "address2": "", "city": "Town", "region": "NY"},
                **{"country": "US", "zip": "10001"},
            },
        }
        attributes = {
            "test_account": False,
            "contact_information": contact,
            "industry": None,
            "timezone": self.timezone,
            "preferred_currency": self.currency,
            "public_api_key": self.id,
            "locale": "en-US",
        }
        links = {"self": f"{url}/api/accounts/{self.id}/"}
        return {"type": "account", "id": self.id, "attributes": attributes, "links": links}


@dataclass
class Klaviyo:
    """The state: accounts by key, pages, and how many reports fit into a minute of `clock`."""

    accounts: dict[str, Account] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    page_limit: int = 100
    report_page: int = 1000
    reports_a_minute: int = 2
    clock: Any = time.monotonic
    # Answers of a revision that has ended: this one instead, or status 410.
    falls_forward_to: str | None = None
    url: str = ""
    sent: list[Any] = field(default_factory=list)
    _reported: dict[str, list[float]] = field(default_factory=dict)

    def add(self, account: Account) -> Account:
        self.accounts[account.key] = account
        return account


class _App:
    def __init__(self, klaviyo: Klaviyo) -> None:
        self.klaviyo = klaviyo

    def _revision(self, request: Request) -> str | None:
        """The revision of the answer; None for one that has ended or never was."""
        asked = request.headers.get("revision", "")
        if asked in FILTERS:
            return asked
        return self.klaviyo.falls_forward_to if asked else None

    def _account(self, request: Request) -> Account | Response:
        if not request.headers.get("revision"):
            return refused(400, "invalid", "Revision header is missing.")
        if self._revision(request) is None:
            return refused(410, "gone", "This revision has been retired.")
        key = request.headers.get("authorization", "").removeprefix("Klaviyo-API-Key ")
        account = self.klaviyo.accounts.get(key)
        return account or refused(401, "not_authenticated", "Incorrect authentication.")

    def _answer(self, request: Request, name: str, body: dict[str, Any]) -> Response:
        revision = self._revision(request) or ""
        self.klaviyo.sent.append((revision, name, body))
        quota = {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "0"}
        headers = {**quota, "revision": revision}
        return JSONResponse(body, headers=headers, media_type="application/vnd.api+json")

    def _page(
        self, request: Request, ids: list[str], most: int
    ) -> tuple[list[str], dict[str, str]]:
        """The ids of the requested page, and its links."""
        size = min(int(request.query_params.get("page[size]", most)), self.klaviyo.page_limit)
        start = int(request.query_params.get("page[cursor]", "0"))
        links = {"self": str(request.url)}
        if start + size < len(ids):
            following = request.url.include_query_params(**{"page[cursor]": start + size})
            links["next"] = str(following)
        return ids[start : start + size], links

    async def account(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        url = self.klaviyo.url
        links = {"self": f"{url}/api/accounts"}
        body = {"data": [found.itself(url)], "links": links}
        return self._answer(request, "GetAccountResponseCollection", body)

    async def campaigns(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        query, revision = request.query_params, self._revision(request)
        wanted = query.get("filter", "")
        unknown = set(re.findall(r"\((?:\[)?([a-z_.]+),", wanted)) - FILTERS[revision or ""]
        if unknown:
            return refused(400, "invalid", f"{unknown} is not a valid filter.", "filter")
        channel = re.search(r"equals\(messages\.channel,'(\w+)'\)", wanted)
        if revision == ONE_CHANNEL and (not channel or channel[1] not in LISTED):
            return refused(400, "invalid", "A channel filter is required.", "filter")
        archived = "equals(archived,true)" in wanted
        ids = sorted(
            identity
            for identity, campaign in found.campaigns.items()
            if (channel is None or campaign["channel"] == channel[1])
            and bool(campaign["archived"]) == archived
        )
        page, links = self._page(request, ids, 100)
        url = self.klaviyo.url
        if revision == ONE_CHANNEL:
            body: dict[str, Any] = {"data": [found.resource(one, url) for one in page]}
            name = "GetCampaignResponseCollectionCompoundDocument"
        else:
            body = {"data": [found.of_any_channel(one, url) for one in page]}
            asked = {f"campaign-{kind}s" for kind in ("audience", "message")}
            asked &= set(query.get("include", "").split(","))
            parts = [part for one in page for part in found.parts(one, url)]
            body["included"] = [part for part in parts if f"{part['type']}s" in asked]
            name = "GetOmniCampaignResponseCollectionCompoundDocument"
        return self._answer(request, name, {**body, "links": links})

    async def flows(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        if int(request.query_params.get("page[size]", "50")) > 50:
            return refused(400, "invalid", "The page size is at most 50.", "page[size]")
        archived = "equals(archived,true)" in request.query_params.get("filter", "")
        ids = sorted(one for one, flow in found.flows.items() if flow["archived"] == archived)
        page, links = self._page(request, ids, 50)
        body = {"data": [found.flow_resource(one, self.klaviyo.url) for one in page]}
        name = "GetFlowResponseCollectionCompoundDocument"
        return self._answer(request, name, {**body, "links": links})

    def _quota(self, account: Account, kind: str) -> Response | None:
        now = self.klaviyo.clock()
        reported = self.klaviyo._reported.setdefault(f"{account.id} {kind}", [])
        minute = [at for at in reported if at > now - 60]
        if len(minute) >= self.klaviyo.reports_a_minute:
            wait = int(minute[0] + 60 - now) + 1
            return refused(429, "throttled", "Request was throttled.", wait=wait)
        reported.append(now)
        return None

    async def _asked(
        self, request: Request, kind: str, days: int
    ) -> tuple[Account, dict[str, Any], date, date] | Response:
        """The account, the attributes of the question and its days; or a refusal."""
        found = self._account(request)
        if isinstance(found, Response):
            return found
        if full := self._quota(found, kind):
            return full
        if request.headers.get("content-type") != "application/vnd.api+json":
            return refused(415, "unsupported_media_type", "Use application/vnd.api+json.")
        data = (await request.json())["data"]
        asked = data["attributes"]
        if data["type"] != kind:
            return refused(400, "invalid", f"The type must be {kind}.")
        if asked["conversion_metric_id"] != found.metric:
            return refused(400, "invalid", "The conversion metric does not exist.")
        first, last = (day_of(asked["timeframe"][edge]) for edge in ("start", "end"))
        if last - first >= timedelta(days=days):
            return refused(400, "invalid", f"The timeframe is longer than {days} days.")
        return found, asked, first, last

    def _reported(self, request: Request, name: str, results: list[Any], **more: Any) -> Response:
        start = int(request.query_params.get("page_cursor", "0"))
        end = start + self.klaviyo.report_page
        links = {"self": str(request.url)}
        if end < len(results):
            links["next"] = str(request.url.include_query_params(page_cursor=end))
        kind = request.url.path.rpartition("/")[2].removesuffix("s")
        data = {"type": kind, "attributes": {"results": results[start:end], **more}}
        return self._answer(request, name, {"data": data, "links": links})

    async def report(self, request: Request) -> Response:
        given = await self._asked(request, "campaign-values-report", 367)
        if isinstance(given, Response):
            return given
        found, _, first, last = given
        results = [
            {
                "groupings": {
                    "send_channel": channel,
                    "campaign_id": one,
                    "campaign_message_id": f"{one}-m",
                },
                "statistics": statistics,
            }
            for one in found.statistics
            if one in found.campaigns and first <= day_of(found.campaigns[one]["send_time"]) <= last
            for channel, statistics in found.results(one)
        ]
        return self._reported(request, "PostCampaignValuesResponseDTO", results)

    async def series(self, request: Request) -> Response:
        given = await self._asked(request, "flow-series-report", 60)
        if isinstance(given, Response):
            return given
        found, asked, first, last = given
        if asked.get("interval") != "daily":
            return refused(400, "invalid", "This fake knows the interval daily.")
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        results = [
            {
                "groupings": {
                    "flow_id": flow,
                    "flow_message_id": message,
                    "send_channel": channel,
                },
                "statistics": {
                    name: [float(brought.get(day, {}).get(name, 0)) for day in days]
                    for name in asked["statistics"]
                },
            }
            for (flow, message, channel), brought in found.flow_days.items()
            if flow in found.flows and any(day in brought for day in days)
        ]
        moments = [f"{day}T00:00:00+00:00" for day in days]
        return self._reported(request, "PostFlowSeriesResponseDTO", results, date_times=moments)


def day_of(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


@contextmanager
def serve_klaviyo(port: int = 0) -> Iterator[Klaviyo]:
    """A running fake without accounts; add some with `Klaviyo.add`."""
    klaviyo = Klaviyo()
    app = _App(klaviyo)
    routes = [
        Route("/api/accounts", app.account),
        Route("/api/campaigns", app.campaigns),
        Route("/api/flows", app.flows),
        Route("/api/campaign-values-reports", app.report, methods=["POST"]),
        Route("/api/flow-series-reports", app.series, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes), klaviyo.faults, port) as klaviyo.url:
        yield klaviyo
