"""A fake of the Google Ads REST API and its token address."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults, serve

KNOWN = {
    *("customer.id", "customer.currency_code", "customer.time_zone", "customer.manager"),
    *("campaign.id", "campaign.name", "campaign.status", "campaign.advertising_channel_type"),
    *("segments.date", "metrics.cost_micros", "metrics.impressions", "metrics.clicks"),
    *("metrics.conversions", "metrics.conversions_value"),
    *("metrics.all_conversions", "metrics.all_conversions_value"),
}
_DOUBLES = {"conversions", "conversionsValue", "allConversions", "allConversionsValue"}


def failure(
    family: str, code: str, status: int, *, wait: str = "", stream: bool = True
) -> JSONResponse:
    """An error as Google words it; searchStream puts it into an array."""
    each: dict[str, Any] = {"errorCode": {family: code}, "message": f"Text of {code}."}
    if wait:
        quota = {"rateScope": "DEVELOPER", "rateName": "Requests", "retryDelay": wait}
        each["details"] = {"quotaErrorDetails": quota}
    kind = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
    named = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}
    error = {
        "code": status,
        "message": "Request refused.",
        "status": named.get(status, "RESOURCE_EXHAUSTED" if status == 429 else "UNAVAILABLE"),
        "details": [{"@type": kind, "errors": [each], "requestId": "r1"}],
    }
    return JSONResponse([{"error": error}] if stream else {"error": error}, status)


@dataclass
class Customer:
    """One account; `rows` are its deliveries by day and campaign."""

    id: str
    refresh_token: str
    currency: str = "USD"
    timezone: str = "America/New_York"
    manager: bool = False
    managed_by: str | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self, day: date, campaign: int, micros: int, **more: Any) -> dict[str, Any]:
        """Add one campaign's day; fields are those of the answer."""
        row = {
            "date": str(day),
            "campaign": campaign,
            "status": "ENABLED",
            "costMicros": micros,
            "impressions": 1000,
            "clicks": 10,
            "conversions": 1.5,
            "conversionsValue": 75.25,
            "allConversions": 2.0,
            "allConversionsValue": 80.0,
            **more,
        }
        self.rows.append(row)
        return row

    def record(self, row: dict[str, Any]) -> dict[str, Any]:
        """A result as JSON: int64 as text, doubles as numbers, zero fields left out."""
        metrics = {
            name: row[name] if name in _DOUBLES else str(row[name])
            for name in row
            if name not in ("date", "campaign", "status") and row[name]
        }
        name = f"customers/{self.id}/campaigns/{row['campaign']}"
        campaign = {"resourceName": name, "id": str(row["campaign"]), "status": row["status"]}
        campaign |= {"name": f"Campaign {row['campaign']}", "advertisingChannelType": "SEARCH"}
        return {"campaign": campaign, "segments": {"date": row["date"]}, "metrics": metrics}

    def itself(self) -> dict[str, Any]:
        found: dict[str, Any] = {"resourceName": f"customers/{self.id}", "id": self.id}
        found |= {"currencyCode": self.currency, "timeZone": self.timezone}
        return {"customer": {**found, "manager": True} if self.manager else found}


@dataclass
class GoogleAds:
    """The state: customers by id, access tokens by refresh token, results in a batch."""

    customers: dict[str, Customer] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    batch: int = 3
    url: str = ""
    token_url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    minted: int = 0

    def add(self, customer: Customer) -> Customer:
        self.customers[customer.id] = customer
        return customer

    def expire(self) -> None:
        """All access tokens of now end; refresh tokens stay good."""
        self.tokens.clear()


class _App:
    def __init__(self, google: GoogleAds) -> None:
        self.google = google

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        given = form.get("refresh_token", "")
        known = {customer.refresh_token for customer in self.google.customers.values()}
        if form.get("grant_type") != "refresh_token" or given not in known:
            why = "Token has been expired or revoked."
            return JSONResponse({"error": "invalid_grant", "error_description": why}, 400)
        self.google.minted += 1
        access = f"access-{self.google.minted}"
        self.google.tokens[access] = given
        return JSONResponse({"access_token": access, "expires_in": 3599, "token_type": "Bearer"})

    def _refused(self, request: Request, customer: str) -> Response | None:
        access = request.headers.get("authorization", "").removeprefix("Bearer ")
        if access not in self.google.tokens:
            return failure("authenticationError", "OAUTH_TOKEN_EXPIRED", 401)
        # Ignored since developer tokens ended; an empty one is still refused.
        if not request.headers.get("developer-token", "ignored"):
            return failure("authenticationError", "DEVELOPER_TOKEN_INVALID", 401)
        found = self.google.customers.get(customer)
        login = request.headers.get("login-customer-id")
        if login and not re.fullmatch(r"\d{10}", login):
            return failure("requestError", "INVALID_LOGIN_CUSTOMER_ID", 400)
        owner = self.google.tokens[access]
        if found is None or found.refresh_token != owner or found.managed_by != login:
            return failure("authorizationError", "USER_PERMISSION_DENIED", 403)
        return None

    async def search_stream(self, request: Request) -> Response:
        asked = request.path_params["customer"]
        if refused := self._refused(request, asked):
            return refused
        query = str((await request.json())["query"])
        found = re.fullmatch(r"SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: LIMIT (\d+))?", query)
        if not found or set(found[1].split(", ")) - KNOWN:
            return failure("queryError", "UNRECOGNIZED_FIELD", 400)
        customer = self.google.customers[asked]
        if found[2] == "customer":
            return _stream([customer.itself()], found[1], 1)
        if customer.manager:
            return failure("queryError", "REQUESTED_METRICS_FOR_MANAGER", 400)
        first, last = re.findall(r"'(\d{4}-\d\d-\d\d)'", found[3])
        rows = [customer.record(row) for row in customer.rows if first <= row["date"] <= last]
        return _stream(rows, found[1], self.google.batch)

    async def accessible(self, request: Request) -> Response:
        access = request.headers.get("authorization", "").removeprefix("Bearer ")
        if access not in self.google.tokens:
            return failure("authenticationError", "OAUTH_TOKEN_EXPIRED", 401, stream=False)
        owner = self.google.tokens[access]
        mine = [c.id for c in self.google.customers.values() if c.refresh_token == owner]
        return JSONResponse({"resourceNames": [f"customers/{one}" for one in mine]})


def _stream(results: list[dict[str, Any]], mask: str, size: int) -> Response:
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), mask.replace(" ", ""))
    batches = [
        {
            "results": results[start : start + size],
            "fieldMask": camel,
            "requestId": "r1",
            "queryResourceConsumption": "12",
        }
        for start in range(0, len(results), size)
    ]
    return JSONResponse(batches)


@contextmanager
def serve_google_ads(port: int = 0) -> Iterator[GoogleAds]:
    """A running fake without customers; add some with `GoogleAds.add`."""
    google = GoogleAds()
    app = _App(google)
    stream = "/v26/customers/{customer:str}/googleAds:searchStream"
    routes = [
        Route("/token", app.token, methods=["POST"]),
        Route(stream, app.search_stream, methods=["POST"]),
        Route("/v26/customers:listAccessibleCustomers", app.accessible),
    ]
    with serve(Starlette(routes=routes), google.faults, port) as base:
        google.url, google.token_url = f"{base}/v26", f"{base}/token"
        yield google
