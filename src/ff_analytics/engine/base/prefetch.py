"""Ask for the next parts while one is worked on, in a thread that waits for them."""

import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def prefetch(parts: Iterator[T], most: int = 8) -> Iterator[T]:
    """The same parts, up to `most` of them already asked for while an earlier one is worked on."""
    context, end = copy_context(), object()
    asking = ThreadPoolExecutor(1)

    def ask() -> "Future[Any]":
        # In this run's context, so that what is logged while asking is the run's too.
        return asking.submit(lambda: context.run(lambda: next(parts, end)))

    interval = sys.getswitchinterval()
    # The thread that asks needs the interpreter for each piece that arrives, and only shortly: at
    # Python's 5 ms it would wait longer for its turns than for the provider.
    sys.setswitchinterval(0.0005)
    try:
        coming = deque(ask() for _ in range(most))
        while (part := coming.popleft().result()) is not end:
            coming.append(ask())
            yield part
    finally:
        # Parts that nobody wants any more are not asked for.
        asking.shutdown(cancel_futures=True)
        sys.setswitchinterval(interval)
