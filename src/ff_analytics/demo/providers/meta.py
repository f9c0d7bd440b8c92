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

from ff_analytics.demo.providers.meta_account import AdAccount, records
from ff_analytics.demo.providers.serving import Faults, serve

__all__ = ["AdAccount", "Meta", "error", "routes_of", "serve_meta", "usage"]

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

    def _answered(self, account: AdAccount, query: dict[str, str]) -> list[dict[str, Any]]:
        """The records of a question, computed once for all its pages where that is wished."""
        if self.meta.settled is None:
            return records(account, query)
        asked = f"{account.id} {query['time_range']} {query['fields']}"
        if asked not in self.meta.settled:
            self.meta.settled[asked] = records(account, query)
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
            job["records"] = records(job["account"], job["query"])
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
