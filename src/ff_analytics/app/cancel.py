"""Stop the work of a page when its reader has gone away."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response


async def _gone(request: Request, cancel: threading.Event) -> None:
    """Set `cancel` once the browser has closed the connection: its stop button does."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    cancel.set()


def cancellable(
    answer: Callable[[Request], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """`answer` in a thread; it finds `request.state.cancel` set when the reader has gone."""

    async def watched(request: Request) -> Response:
        request.state.cancel = cancel = threading.Event()
        watch = asyncio.create_task(_gone(request, cancel))
        try:
            return await run_in_threadpool(answer, request)
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    return watched
