"""Prefect's API over plain HTTP: a client that starts in a tenth of the time of Prefect's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any
from uuid import uuid4

import httpx

from ff_analytics.engine.base.errors import ConfigError, FFError, SourceUnavailable
from ff_analytics.platform import env_file

# The server hands out at most this many rows at once.
_PAGE = 200
_START = "start it (prefect server start, or scripts/quickstart) or correct PREFECT_API_URL"


class Refused(FFError):
    """The server refuses a request; the message is the server's own."""

    kind = "server"


def address() -> dict[str, str]:
    """PREFECT_API_URL, login and key of the environment, else of `.env`."""
    names = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "PREFECT_API_KEY")
    known = env_file.read()
    return {name: os.environ.get(name) or known.get(name, "") for name in names}


def ui_of(url: str) -> str:
    """The UI of an API."""
    if "api.prefect.cloud/api/accounts" in url:
        path = url.partition("/api/accounts")[2].replace("/workspaces", "/workspace", 1)
        return f"https://app.prefect.cloud/account{path}"
    return url.rstrip("/").removesuffix("/api")


class Busy(Refused):
    """The server, or what stands before it, is overloaded or starting (502, 503, 504)."""

    transient = True


@contextmanager
def client() -> Iterator["Api"]:
    """A client of the server that the project uses; `ConfigError` without an address."""
    given = address()
    url, login, key = given.values()
    if not url:
        raise ConfigError("PREFECT_API_URL is not set: run scripts/bootstrap, or set it in .env.")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    user, _, password = login.partition(":")
    auth = httpx.BasicAuth(user, password) if login and not key else None
    with httpx.Client(base_url=url, auth=auth, headers=headers, timeout=30) as http:
        yield Api(http, url)


class Api:
    """The few calls that commands need."""

    def __init__(self, http: httpx.Client, url: str) -> None:
        self._http, self.url = http, url

    @property
    def ui(self) -> str:
        """Where the UI is."""
        return ui_of(self.url)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON; None for 404. One sentence for everything else that goes wrong."""
        try:
            answer = self._http.request(method, path, json=body)
            if answer.status_code == httpx.codes.FORBIDDEN and "csrf" in answer.text.lower():
                self._ask_for_token()
                answer = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise SourceUnavailable(
                f"No server answers at {self.url} ({reason}): {_START}."
            ) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise ConfigError(
                f"The server at {self.url} refuses the login: correct PREFECT_API_AUTH_STRING "
                "(or PREFECT_API_KEY) in .env."
            )
        if answer.status_code in (502, 503, 504):
            raise Busy(
                f"The server at {self.url} answers {answer.status_code}: it is overloaded or "
                "starting. Try again in a minute."
            )
        if answer.is_error:
            raise Refused(
                f"The server at {self.url} answers {answer.status_code}: {_detail(answer)}"
            )
        return answer.json() if answer.content else {}

    def _ask_for_token(self) -> None:
        """For a server with PREFECT_SERVER_CSRF_PROTECTION_ENABLED."""
        mine = str(uuid4())
        answer = self._http.get("/csrf-token", params={"client": mine})
        token = str(answer.json().get("token", "")) if answer.is_success else ""
        self._http.headers.update({"Prefect-Csrf-Client": mine, "Prefect-Csrf-Token": token})

    def deployment(self, name: str) -> dict[str, Any]:
        """The deployment `flow/name`; `ConfigError` with the nearest name for an unknown one."""
        flow, _, own = name.partition("/")
        found = self.call("GET", f"/deployments/name/{flow}/{own}") if own else None
        if found:
            return dict(found)
        known = self.deployments()
        same = [full for full in known if full.rpartition("/")[2] == name]
        near = same or get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        listed = ", ".join(known) or "none; run ff platform apply first"
        raise ConfigError(f"There is no deployment {name!r}.{hint} Deployments: {listed}.")

    def deployment_names(self) -> dict[str, str]:
        """Full name by id, of every deployment."""
        flows = {f["id"]: f["name"] for f in self.all("/flows/filter")}
        return {
            d["id"]: f"{flows.get(d['flow_id'], '?')}/{d['name']}"
            for d in self.all("/deployments/filter")
        }

    def deployments(self) -> list[str]:
        """Full names of all deployments."""
        return sorted(self.deployment_names().values())

    def all(
        self, path: str, wanted: dict[str, Any] | None = None, limit: int = 100_000
    ) -> list[dict[str, Any]]:
        """What a filter finds, page by page, up to `limit`."""
        found: list[dict[str, Any]] = []
        while len(found) < limit:
            size = min(_PAGE, limit - len(found))
            page = self.call("POST", path, {**(wanted or {}), "limit": size, "offset": len(found)})
            found += page or []
            if len(page or []) < size:
                break
        return found


def _detail(answer: httpx.Response) -> str:
    try:
        detail = answer.json()
    except ValueError:
        return answer.text[:300]
    found = detail.get("detail") or detail.get("exception_message") or detail
    if isinstance(found, list):
        found = "; ".join(str(one.get("msg", one)) for one in found)
    return " ".join(str(found).split())[:600]
