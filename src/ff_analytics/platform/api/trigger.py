"""Start a deployment's run and follow it, without importing Prefect."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ff_analytics.platform.api.rest import Api, Refused

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
# Seconds until a run that no worker has picked up is worth a line.
UNCLAIMED = 30.0
# Seconds for the last log lines: a run ends before the process has sent them.
LAST_LINES = 3.0
_EVERY = 0.3
_PAGE = 200
_LATE = timedelta(seconds=10)
_INFO = 20


def trigger(api: Api, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Create a run of the deployment `flow/name`; the run as the server describes it.

    Raises `Refused` for parameters that the deployment does not take.
    """
    identity = api.deployment(name)["id"]
    made = api.call("POST", f"/deployments/{identity}/create_flow_run", {"parameters": parameters})
    if made is None:
        raise Refused(f"The deployment {name} was removed meanwhile.")
    return dict(made)


class _Log:
    """Log lines of a run, each once."""

    def __init__(self, api: Api, run: str) -> None:
        self._api = api
        self._run, self._seen = run, set[str]()
        self._after: str | None = None

    def new(self) -> list[dict[str, Any]]:
        """Lines that were not handed out yet, oldest first."""
        wanted: dict[str, Any] = {"flow_run_id": {"any_": [self._run]}, "level": {"ge_": _INFO}}
        if self._after:
            wanted["timestamp"] = {"after_": self._after}
        fresh: list[dict[str, Any]] = []
        asked = 0
        while True:
            body = {"logs": wanted, "limit": _PAGE, "offset": asked, "sort": "TIMESTAMP_ASC"}
            page = self._api.call("POST", "/logs/filter", body) or []
            fresh += [line for line in page if line["id"] not in self._seen]
            asked += len(page)
            if len(page) < _PAGE:
                break
        self._seen.update(line["id"] for line in fresh)
        if fresh:
            last = datetime.fromisoformat(max(line["timestamp"] for line in fresh))
            # Tasks send their lines in batches of their own: some arrive after later ones.
            self._after = (last - _LATE).isoformat()
        return fresh


def follow(api: Api, run: str, show: Callable[[str], None]) -> dict[str, Any]:
    """Pass states and log lines to `show` until the run has ended; its final state."""
    log, state, ended = _Log(api, run), "", None
    started = time.monotonic()
    while True:
        seen = api.call("GET", f"/flow_runs/{run}")
        if seen is None:
            raise Refused(f"The run {run} was deleted.")
        now = seen["state"]
        if now["name"] != state:
            state = now["name"]
            show(f"state    {state}")
        fresh = log.new()
        for line in fresh:
            show(f"{line['timestamp'][11:19]} {line['message']}")
        if now["type"] in FINAL:
            ended = ended or time.monotonic()
            closed = any("Finished in state" in line["message"] for line in fresh)
            if closed or time.monotonic() > ended + LAST_LINES:
                return dict(now)
        if now["type"] == "SCHEDULED" and time.monotonic() > started + UNCLAIMED:
            started = float("inf")
            show("no worker has picked the run up yet: is one of its pool running? (ff doctor)")
        time.sleep(_EVERY)
