"""What the Prefect server knows of runs, asked for over its API and kept for a moment."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ff_analytics.app.web.settings import ServerSettings

_FRESH_SECONDS = 5.0
_TIMEOUT = 3.0
_WARNING = 30
_ENDED = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
_BAD = ["FAILED", "CRASHED"]


@dataclass(frozen=True)
class Run:
    """One flow run."""

    id: str
    name: str
    deployment: str
    state: str
    message: str
    at: datetime | None
    seconds: float | None
    url: str


@dataclass(frozen=True)
class Alert:
    """One event of ours in the server's record."""

    event: str
    at: datetime
    about: str


@dataclass(frozen=True)
class ServerState:
    """What was learnt at once; `trouble` is a sentence when the server did not answer."""

    url: str
    trouble: str = ""
    last: tuple[Run, ...] = ()
    failed: tuple[Run, ...] = ()
    coming: tuple[Run, ...] = ()
    alerts: tuple[Alert, ...] = ()
    deployments: Mapping[str, str] = field(default_factory=dict)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None


class Server:
    """The API with its login; one answer serves all pages for a few seconds."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._known: tuple[float, ServerState] | None = None

    def state(self) -> ServerState:
        """What the server says; an old answer is given at once and renewed beside it."""
        known = self._known
        if known is None:
            with self._lock:
                if self._known is None:
                    self._known = (time.monotonic(), self._ask())
                return self._known[1]
        if time.monotonic() - known[0] > _FRESH_SECONDS and self._lock.acquire(blocking=False):
            threading.Thread(target=self._renew, name="ask-prefect", daemon=True).start()
        return known[1]

    def _renew(self) -> None:
        try:
            self._known = (time.monotonic(), self._ask())
        finally:
            self._lock.release()

    def errors_of(self, run: str) -> list[str]:
        """The newest log lines of a run from WARNING on, oldest first; empty where none answers."""
        wanted = {"flow_run_id": {"any_": [run]}, "level": {"ge_": _WARNING}}
        body = {"logs": wanted, "limit": 30, "sort": "TIMESTAMP_DESC"}
        try:
            with self._client() as client:
                answer = client.post("/logs/filter", json=body)
                answer.raise_for_status()
                return [str(line["message"]) for line in reversed(answer.json())]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return []

    def _client(self) -> httpx.Client:
        settings = self._settings
        login = settings.api_login or settings.server_login
        auth = None
        headers = {}
        if settings.api_key:
            headers["authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
        elif login:
            user, _, password = login.get_secret_value().partition(":")
            auth = httpx.BasicAuth(user, password)
        return httpx.Client(
            base_url=settings.api_url.rstrip("/"),
            auth=auth,
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=False,
        )

    def _ask(self) -> ServerState:
        url = self._settings.ui_url
        try:
            with self._client() as client:
                return self._learn(client, url)
        except httpx.HTTPStatusError as error:
            code = error.response.status_code
            why = "refuses the login in .env" if code in (401, 403) else f"answered {code}"
            return ServerState(url, f"The Prefect server at {url} {why}.")
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ServerState(url, f"The Prefect server at {url} does not answer.")

    def _learn(self, client: httpx.Client, url: str) -> ServerState:
        def ask(path: str, **body: Any) -> Any:
            answer = client.post(path, json=body)
            answer.raise_for_status()
            return answer.json()

        flows = {flow["id"]: flow["name"] for flow in ask("/flows/filter", limit=200)}
        deployments = {
            d["id"]: f"{flows.get(d['flow_id'], '?')}/{d['name']}"
            for d in ask("/deployments/filter", limit=200)
        }
        week = (datetime.now(UTC) - timedelta(days=7)).isoformat()

        def runs(types: list[str], sort: str, limit: int, **more: Any) -> tuple[Run, ...]:
            wanted = {"state": {"type": {"any_": types}}, **more}
            found = ask("/flow_runs/filter", flow_runs=wanted, sort=sort, limit=limit)
            return tuple(_run(entry, deployments, url) for entry in found)

        since = {"expected_start_time": {"after_": week}}
        events = ask(
            "/events/filter",
            filter={"event": {"prefix": ["ff."]}, "occurred": {"since": week}},
            limit=20,
        )
        return ServerState(
            url,
            last=runs(_ENDED, "END_TIME_DESC", 10),
            failed=runs(_BAD, "END_TIME_DESC", 20, **since),
            coming=runs(["SCHEDULED"], "EXPECTED_START_TIME_ASC", 10),
            alerts=tuple(_alert(event) for event in events["events"]),
            deployments=deployments,
        )


def _run(entry: Mapping[str, Any], deployments: Mapping[str, str], url: str) -> Run:
    state = entry.get("state") or {}
    return Run(
        id=str(entry["id"]),
        name=str(entry.get("name") or ""),
        deployment=deployments.get(str(entry.get("deployment_id")), ""),
        state=str(state.get("type") or "").lower(),
        message=str(state.get("message") or ""),
        at=_moment(entry.get("end_time") or entry.get("expected_start_time")),
        seconds=entry.get("total_run_time"),
        url=f"{url}/runs/flow-run/{entry['id']}",
    )


def _alert(event: Mapping[str, Any]) -> Alert:
    about = (event.get("resource") or {}).get("prefect.resource.name") or ""
    at = _moment(event.get("occurred")) or datetime.now(UTC)
    return Alert(str(event.get("event", "")), at, str(about))
