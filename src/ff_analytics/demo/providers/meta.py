"""A fake of Meta's Marketing API: accounts, insights by day, report jobs, its own errors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults, serve

KNOWN_FIELDS = {
    *("account_id", "impressions", "clicks", "reach", "spend", "actions", "action_values"),
    *(f"{name}_{part}" for name in ("campaign", "adset", "ad") for part in ("id", "name")),
}


def error(code: int, sub: int | None = None, status: int = 400, **more: Any) -> JSONResponse:
    body = {"message": f"error {code}", "type": "OAuthException", "code": code, "fbtrace_id": "t"}
    if sub:
        body["error_subcode"] = sub
    headers = more.pop("headers", {})
    return JSONResponse({"error": {**body, **more}}, status, headers)


def usage(minutes: int, percent: int = 100) -> dict[str, str]:
    """The header with the used share of the account's quota, and the time of its reset."""
    entry = {"type": "ads_insights", "call_count": percent, "total_cputime": 1, "total_time": 1}
    entry["estimated_time_to_regain_access"] = minutes
    return {"X-Business-Use-Case-Usage": json.dumps({"77": [entry]})}


@dataclass
class AdAccount:
    """One account; `rows` are its deliveries by day and advertisement."""

    id: str
    token: str
    currency: str = "USD"
    timezone: str = "America/New_York"
    rows: list[dict[str, str]] = field(default_factory=list)
    # Status by id of a campaign, ad set or ad; an object that is not here is ACTIVE. One that is
    # `erased` is missing even when deleted ones are requested.
    statuses: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    # Ad sets with different attribution settings: levels above name no purchases of their own.
    mixed_settings: bool = False

    def deliver(self, day: date, campaign: int, spend: str, **more: str) -> dict[str, str]:
        """Add one advertisement's day."""
        row = {
            "account_id": self.id,
            "campaign_id": f"{campaign}",
            "campaign_name": f"Campaign {campaign}",
            "adset_id": f"{campaign}1",
            "adset_name": f"Set {campaign}1",
            "ad_id": f"{campaign}11",
            "ad_name": f"Ad {campaign}11",
            "date_start": str(day),
            "date_stop": str(day),
            "spend": spend,
            "impressions": "1000",
            "clicks": "10",
            "reach": "900",
            "purchases": "1",
            "viewed": "0",
            **more,
        }
        self.rows.append(row)
        return row


@dataclass
class Meta:
    """The state: accounts by id, report jobs, and how many days one report may span.

    With `settled` (an empty dict) the answer to a query is computed once and cached in it:
    otherwise an account of 100,000s of rows would be scanned again for each page.
    """

    accounts: dict[str, AdAccount] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    page_limit: int = 500
    most_days: int = 10_000
    settled: dict[str, list[dict[str, Any]]] | None = None
    job_states: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    _jobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, account: AdAccount) -> AdAccount:
        self.accounts[account.id] = account
        return account


def _action(bought: int, viewed: int, price: int, windows: list[str], own: bool) -> dict[str, str]:
    """One entry of actions or action_values; windows without a purchase are left out."""
    counts = {"7d_click": bought - viewed, "1d_view": viewed}
    entry = {"action_type": "omni_purchase"} | ({"value": str(bought * price)} if own else {})
    return entry | {w: str(counts[w] * price) for w in windows if counts.get(w)}


def _insight(
    rows: list[dict[str, str]], fields: list[str], windows: list[str], own: bool
) -> dict[str, Any]:
    """Rows of one day and object added up, metrics as text, actions absent when there are none."""
    total = {name: sum(int(r[name]) for r in rows) for name in ("impressions", "clicks", "reach")}
    cents = sum(round(float(r["spend"]) * 100) for r in rows)
    bought = sum(int(r["purchases"]) for r in rows)
    record: dict[str, Any] = {
        name: rows[0][name] for name in fields if name.endswith(("_id", "_name"))
    }
    record |= {name: str(value) for name, value in total.items()}
    record |= {"spend": f"{cents / 100:.2f}"}
    record |= {"date_start": rows[0]["date_start"], "date_stop": rows[0]["date_stop"]}
    if bought:
        viewed = sum(int(r.get("viewed", "0")) for r in rows)
        record["actions"] = [_action(bought, viewed, 1, windows, own)]
        record["action_values"] = [_action(bought, viewed, 50, windows, own)]
    return record


# Statuses in an answer when none is requested.
_BY_DEFAULT = {"ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "IN_PROCESS", "WITH_ISSUES"}


def _listed(account: AdAccount, row: dict[str, str], query: dict[str, str]) -> bool:
    """Whether the object of this row is in the answer: deleted ones only on request."""
    if query["level"] == "account":
        return True
    object_id = row[f"{query['level']}_id"]
    asked = {
        condition["field"]: set(condition["value"])
        for condition in json.loads(query.get("filtering", "[]"))
    }
    wanted = asked.get(f"{query['level']}.effective_status", _BY_DEFAULT)
    return object_id not in account.erased and account.statuses.get(object_id, "ACTIVE") in wanted


class _App:
    def __init__(self, meta: Meta) -> None:
        self.meta = meta

    def _account(self, request: Request, identity: str) -> AdAccount | Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        account = self.meta.accounts.get(identity.removeprefix("act_"))
        if token not in {a.token for a in self.meta.accounts.values()}:
            return error(190, 463, 401)
        if account is None or account.token != token:
            return error(200, message="(#200) no permission to access this ad account")
        return account

    def _records(self, account: AdAccount, query: dict[str, str]) -> list[dict[str, Any]]:
        window = json.loads(query["time_range"])
        fields = query["fields"].split(",")
        groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
        ids = [name for name in fields if name.endswith("_id")]
        since, until = window["since"], window["until"]
        wanted = [
            row
            for row in account.rows
            if since <= row["date_start"] <= until and _listed(account, row, query)
        ]
        for row in sorted(wanted, key=lambda r: (r["date_start"], r["ad_id"])):
            key = (row["date_start"], *(row[name] for name in ids))
            groups.setdefault(key, []).append(row)
        windows = json.loads(query.get("action_attribution_windows", "[]"))
        own = not account.mixed_settings or query["level"] in ("adset", "ad")
        return [_insight(rows, fields, windows, own) for rows in groups.values()]

    def _answered(self, account: AdAccount, query: dict[str, str]) -> list[dict[str, Any]]:
        """The records of a question, computed once for all its pages where that is wished."""
        if self.meta.settled is None:
            return self._records(account, query)
        asked = f"{account.id} {query['time_range']} {query['fields']}"
        if asked not in self.meta.settled:
            self.meta.settled[asked] = self._records(account, query)
        return self.meta.settled[asked]

    def _page(self, request: Request, records: list[dict[str, Any]]) -> Response:
        start = int(request.query_params.get("after", "0") or 0)
        size = min(int(request.query_params.get("limit", "25")), self.meta.page_limit)
        end = start + size
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(records):
            paging["next"] = str(request.url.include_query_params(after=end))
        return JSONResponse({"data": records[start:end], "paging": paging})

    def _refused(self, query: dict[str, str]) -> Response | None:
        unknown = set(query["fields"].split(",")) - KNOWN_FIELDS
        if unknown:
            return error(100, message=f"(#100) {unknown} are not valid for fields param")
        window = json.loads(query["time_range"])
        days = date.fromisoformat(window["until"]) - date.fromisoformat(window["since"])
        if days >= timedelta(days=self.meta.most_days):
            return error(100, 1487534)
        return None

    async def me(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        known = {account.token for account in self.meta.accounts.values()}
        return JSONResponse({"id": "1", "name": "System"}) if token in known else error(190)

    async def account(self, request: Request) -> Response:
        found = self._account(request, request.path_params["account"])
        if isinstance(found, Response):
            return found
        body = {"account_id": found.id, "currency": found.currency, "id": f"act_{found.id}"}
        return JSONResponse({**body, "timezone_name": found.timezone})

    async def insights(self, request: Request) -> Response:
        found = self._account(request, request.path_params["account"])
        if isinstance(found, Response):
            return found
        query = dict(request.query_params)
        if refused := self._refused(query):
            return refused
        if request.method == "POST":
            job = str(7770 + len(self.meta._jobs))
            states = self.meta.job_states or [
                {"async_status": "Job Running", "async_percent_completion": 40},
                {"async_status": "Job Completed", "async_percent_completion": 100},
            ]
            self.meta._jobs[job] = {"account": found, "query": query, "states": list(states)}
            return JSONResponse({"report_run_id": job})
        return self._page(request, self._answered(found, query))

    async def job(self, request: Request) -> Response:
        job = self.meta._jobs[request.path_params["job"]]
        state = job["states"].pop(0) if len(job["states"]) > 1 else job["states"][0]
        return JSONResponse({"id": request.path_params["job"], **state})

    async def result(self, request: Request) -> Response:
        job = self.meta._jobs.get(request.path_params["job"])
        if job is None:
            return error(100, message="Unsupported get request. Object does not exist")
        if "records" not in job:
            # A report shows the time of its creation; later changes are not in it.
            job["records"] = self._records(job["account"], job["query"])
        return self._page(request, job["records"])


def routes_of(meta: Meta) -> list[Route]:
    """The API over a state."""
    app = _App(meta)
    return [
        Route("/v26.0/me", app.me),
        Route("/v26.0/{account:str}/insights", _either(app), methods=["GET", "POST"]),
        Route("/v26.0/{account:str}", _object(app)),
    ]


@contextmanager
def serve_meta(port: int = 0) -> Iterator[Meta]:
    """A running fake without accounts; add some with `Meta.add`."""
    meta = Meta()
    with serve(Starlette(routes=routes_of(meta)), meta.faults, port) as base:
        meta.url = f"{base}/v26.0"
        yield meta


def _either(app: _App) -> Any:
    async def handle(request: Request) -> Response:
        identity = request.path_params["account"]
        if identity.startswith("act_"):
            return await app.insights(request)
        request.path_params["job"] = identity
        return await app.result(request)

    return handle


def _object(app: _App) -> Any:
    async def handle(request: Request) -> Response:
        identity = request.path_params["account"]
        if identity.startswith("act_"):
            return await app.account(request)
        request.path_params["job"] = identity
        return await app.job(request)

    return handle
