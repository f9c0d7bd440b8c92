"""Read several tenants at once: a bounded number of threads, each with a state of its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, fields, replace
from itertools import islice
from typing import Any

from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.sources.source import Batch, FetchContext

_LISTS = ("failures", "warnings", "notes")


@dataclass
class _Reader:
    """One tenant's batches, read in a thread, with notes that no other tenant sees.

    What it notes is added to the run's context between two batches, by the thread of the run; a
    list of the run is changed by no other.
    """

    run: FetchContext
    own: FetchContext
    batches: Iterator[Batch]
    # How much of each list, and which count of each number, the run has.
    taken: dict[str, float] = field(default_factory=lambda: defaultdict[str, float](int))

    @classmethod
    def of(cls, run: FetchContext, read: Callable[[FetchContext], Iterator[Batch]]) -> "_Reader":
        own = replace(
            run, traffic=Traffic(), warnings=[], notes=[], tables={}, failures=[], expected=0
        )
        return cls(run, own, read(own))

    def next(self) -> Batch | None:
        return next(self.batches, None)

    def take_over(self) -> None:
        """Add to the run what this tenant noted since the last time."""
        for name in _LISTS:
            noted = getattr(self.own, name)
            getattr(self.run, name).extend(noted[int(self.taken[name]) :])
            self.taken[name] = len(noted)
        self._count(self.run, self.own, "expected")
        for counter in fields(Traffic):
            self._count(self.run.traffic, self.own.traffic, counter.name)
        for key, rows in self.own.tables.items():
            self.run.tables.setdefault(key, []).extend(rows)
        self.own.tables.clear()

    def _count(self, run: Any, own: Any, name: str) -> None:
        now = getattr(own, name)
        setattr(run, name, getattr(run, name) + now - self.taken[name])
        self.taken[name] = now

    def learn(self, failed_before: int) -> None:
        """Show this tenant which of its batches could not be stored."""
        self.own.failures += self.run.failures[failed_before:]
        self.taken["failures"] = len(self.own.failures)


def at_once(
    most: int, run: FetchContext, readers: Iterable[Callable[[FetchContext], Iterator[Batch]]]
) -> Iterator[Batch]:
    """Batches of all readers as they come, `most` readers at a time.

    A reader continues once its last batch was processed, so at most `most` batches are in
    memory. Its failures stay its own. An error that ends the run ends the others after the request
    that they are waiting for.
    """
    waiting = iter(readers)
    pool = ThreadPoolExecutor(most, thread_name_prefix="tenant")

    def ask(reader: _Reader) -> "Future[Batch | None]":
        # In this run's context, so that log lines of the fetch belong to the run.
        return pool.submit(copy_context().run, reader.next)

    def begin(number: int) -> dict["Future[Batch | None]", _Reader]:
        opened = [_Reader.of(run, read) for read in islice(waiting, number)]
        return {ask(reader): reader for reader in opened}

    try:
        asked = begin(most)
        while asked:
            done, _ = wait(asked, return_when=FIRST_COMPLETED)
            for future in done:
                reader = asked.pop(future)
                batch = future.result()
                reader.take_over()
                if batch is None:
                    asked |= begin(1)
                    continue
                failed = len(run.failures)
                yield batch
                reader.learn(failed)
                asked[ask(reader)] = reader
    finally:
        pool.shutdown(cancel_futures=True)


def sequence(
    run: FetchContext, readers: Iterable[Callable[[FetchContext], Iterator[Any]]]
) -> Iterator[Any]:
    """Batches of one reader after another, without threads."""
    for read in readers:
        yield from read(run)
