"""Ask for the next parts while one is worked on, in a thread that waits for them."""

import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def prefetch(parts: Iterator[T], most: int = 8) -> Iterator[T]:
    """The same parts, up to `most` of them fetched in advance while an earlier one is processed."""
    context, end = copy_context(), object()
    asking = ThreadPoolExecutor(1)

    def ask() -> "Future[Any]":
        # In this run's context, so that log lines of the fetch belong to the run.
        return asking.submit(lambda: context.run(lambda: next(parts, end)))

    interval = sys.getswitchinterval()
    # The fetching thread needs the interpreter for each piece that arrives, and only briefly: with
    # Python's switch interval of 5 ms it would wait longer for it than for the provider.
    sys.setswitchinterval(0.0005)
    try:
        coming = deque(ask() for _ in range(most))
        while (part := coming.popleft().result()) is not end:
            coming.append(ask())
            yield part
    finally:
        # Do not fetch parts that are no longer needed.
        asking.shutdown(cancel_futures=True)
        sys.setswitchinterval(interval)
