"""A fake of Klaviyo's API: account, campaigns by page, the values report and its quota."""

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

REVISION = "2026-07-15"


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

    def resource(self, identity: str, url: str) -> dict[str, Any]:
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
    url: str = ""
    sent: list[Any] = field(default_factory=list)
    _reported: dict[str, list[float]] = field(default_factory=dict)

    def add(self, account: Account) -> Account:
        self.accounts[account.key] = account
        return account


class _App:
    def __init__(self, klaviyo: Klaviyo) -> None:
        self.klaviyo = klaviyo

    def _account(self, request: Request) -> Account | Response:
        if request.headers.get("revision") != REVISION:
            return refused(400, "invalid", "Revision header is missing or unknown.")
        key = request.headers.get("authorization", "").removeprefix("Klaviyo-API-Key ")
        account = self.klaviyo.accounts.get(key)
        return account or refused(401, "not_authenticated", "Incorrect authentication.")

    def _answer(self, name: str, body: dict[str, Any]) -> Response:
        self.klaviyo.sent.append((name, body))
        quota = {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "0"}
        return JSONResponse(body, headers=quota, media_type="application/vnd.api+json")

    async def account(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        url = self.klaviyo.url
        links = {"self": f"{url}/api/accounts"}
        body = {"data": [found.itself(url)], "links": links}
        return self._answer("GetAccountResponseCollection", body)

    async def campaigns(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        query = request.query_params
        channel = re.search(r"equals\(messages\.channel,'(\w+)'\)", query.get("filter", ""))
        if not channel:
            return refused(400, "invalid", "A channel filter is required.", "filter")
        archived = re.search(r"equals\(archived,(true|false)\)", query["filter"])
        wanted = archived is not None and archived[1] == "true"
        ids = sorted(
            identity
            for identity, campaign in found.campaigns.items()
            if campaign["channel"] == channel[1] and bool(campaign["archived"]) == wanted
        )
        size = min(int(query.get("page[size]", "100")), self.klaviyo.page_limit)
        start = int(query.get("page[cursor]", "0"))
        links = {"self": str(request.url)}
        if start + size < len(ids):
            links["next"] = str(request.url.include_query_params(**{"page[cursor]": start + size}))
        page = [found.resource(one, self.klaviyo.url) for one in ids[start : start + size]]
        body = {"data": page, "links": links}
        return self._answer("GetCampaignResponseCollectionCompoundDocument", body)

    def _quota(self, account: Account) -> Response | None:
        now = self.klaviyo.clock()
        reported = self.klaviyo._reported.setdefault(account.id, [])
        minute = [at for at in reported if at > now - 60]
        if len(minute) >= self.klaviyo.reports_a_minute:
            wait = int(minute[0] + 60 - now) + 1
            return refused(429, "throttled", "Request was throttled.", wait=wait)
        reported.append(now)
        return None

    async def report(self, request: Request) -> Response:
        found = self._account(request)
        if isinstance(found, Response):
            return found
        if full := self._quota(found):
            return full
        if request.headers.get("content-type") != "application/vnd.api+json":
            return refused(415, "unsupported_media_type", "Use application/vnd.api+json.")
        asked = (await request.json())["data"]["attributes"]
        if asked["conversion_metric_id"] != found.metric:
            return refused(400, "invalid", "The conversion metric does not exist.")
        first, last = (day_of(asked["timeframe"][edge]) for edge in ("start", "end"))
        if last - first > timedelta(days=366):
            return refused(400, "invalid", "The timeframe is longer than one year.")
        results = [
            {
                "groupings": {
                    "send_channel": found.campaigns[one]["channel"],
                    "campaign_id": one,
                    "campaign_message_id": f"{one}-m",
                },
                "statistics": statistics,
            }
            for one, statistics in found.statistics.items()
            if one in found.campaigns and first <= day_of(found.campaigns[one]["send_time"]) <= last
        ]
        start = int(request.query_params.get("page_cursor", "0"))
        end = start + self.klaviyo.report_page
        links = {"self": str(request.url)}
        if end < len(results):
            links["next"] = str(request.url.include_query_params(page_cursor=end))
        data = {"type": "campaign-values-report", "attributes": {"results": results[start:end]}}
        return self._answer("PostCampaignValuesResponseDTO", {"data": data, "links": links})


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
        Route("/api/campaign-values-reports", app.report, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes), klaviyo.faults, port) as klaviyo.url:
        yield klaviyo
