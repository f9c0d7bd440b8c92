"""How tests wait for a server and what it does: long where they must, never longer than needed."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

# Two slow processors that have other work, too; a test that passes never waits this long.
PATIENCE = 300.0
# For `pytest.mark.timeout` of tests with a server: some waits, one after the other.
LIMIT = 900
# State types of runs that have ended.
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
BUSY = (httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)


def until(
    what: str,
    done: Callable[[], bool],
    more: Callable[[], str] = str,
    *,
    patience: float = PATIENCE,
    every: float = 0.1,
) -> None:
    """Poll until `done`; AssertionError with `what` and what `more` says after `patience` s."""
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}\n{more()}"
        time.sleep(every)


def ask_api(env: Mapping[str, str], method: str, path: str, body: Any = None) -> Any:
    """JSON that the Prefect server of `env` answers; a busy one is asked again.

    A request that makes something must carry a key that makes it safe to ask twice.
    """
    user, password = env["PREFECT_API_AUTH_STRING"].split(":", 1)
    url = f"{env['PREFECT_API_URL']}{path}"
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(auth=(user, password), trust_env=False, timeout=60) as client:
        while True:
            last = time.monotonic() > deadline
            try:
                answer = client.request(method, url, json=body)
            except httpx.ReadTimeout:
                if last:
                    raise
                continue
            if last or answer.status_code not in BUSY:
                break
            time.sleep(0.5)
    answer.raise_for_status()
    return answer.json() if answer.content else None
