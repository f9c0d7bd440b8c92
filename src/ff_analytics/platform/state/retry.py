"""Retry a step of `apply` that the server fails: every step may be repeated."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from ff_analytics.engine.base.retries import SERVER
from ff_analytics.platform.processes.services import ServiceFailed

T = TypeVar("T")

_OVERLOADED = ("Server error '5", "Internal Server Error", "database is locked")


def is_server_error(error: Exception) -> bool:
    """True for an answer of 500 and above, in this process or in `prefect deploy`."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
    return isinstance(error, ServiceFailed) and any(words in str(error) for words in _OVERLOADED)


async def again(step: Callable[[], Awaitable[T]]) -> T:
    """Run the step until the server does not fail it; else raise the last error."""
    async for attempt in SERVER.attempts_on(is_server_error):
        with attempt:
            return await step()
    raise AssertionError("unreachable")


def reason(error: Exception) -> str:
    """What the server answered, in one line."""
    if isinstance(error, httpx.HTTPStatusError):
        request = error.request
        return f"{error.response.status_code} to {request.method} {request.url.path}"
    return str(error).strip().splitlines()[-1]
