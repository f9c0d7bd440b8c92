"""Tenants that are read at once: how many, whose failures, what ends them."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from ff_analytics.engine.accounts.parallel import at_once
from ff_analytics.engine.base.errors import ConfigError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.sources import registry
from ff_analytics.engine.sources.source import Batch, Failure, FetchContext
from tests.waiting import PATIENCE

SOURCE = registry.load("meta-ads")
Read = Callable[[FetchContext], Iterator[Batch]]


@pytest.fixture
def run() -> FetchContext:
    return FetchContext(SOURCE, Settings(), "run", datetime.now(UTC))


def batch(part: str) -> Batch:
    return Batch(SOURCE.datasets[0], part, "meta-ads", "https://example.org", {})


def tenant(*parts: str) -> Read:
    def read(own: FetchContext) -> Iterator[Batch]:
        for part in parts:
            own.traffic.calls += 1
            own.warnings.append(f"note of {part}")
            yield batch(part)

    return read


def test_batches_notes_and_counts_of_all_arrive_once(run: FetchContext) -> None:
    readers = [tenant(f"{name}1", f"{name}2") for name in "abcde"]
    parts = [b.part for b in at_once(3, run, readers)]
    assert sorted(parts) == [f"{name}{n}" for name in "abcde" for n in (1, 2)]
    assert [part for part in parts if part[0] == "a"] == ["a1", "a2"]
    assert sorted(run.warnings) == [f"note of {part}" for part in sorted(parts)]
    assert run.traffic.calls == 10


def test_as_many_as_allowed_are_read_at_a_time(run: FetchContext) -> None:
    meeting, lock = threading.Barrier(2), threading.Lock()
    running, most = 0, 0

    def read(own: FetchContext) -> Iterator[Batch]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        meeting.wait(PATIENCE)  # breaks if only one were read at a time
        with lock:
            running -= 1
        yield batch("x")

    assert len(list(at_once(2, run, [read] * 6))) == 6
    assert most == 2


def test_a_tenant_sees_its_own_failures_only(run: FetchContext) -> None:
    seen: dict[str, int] = {}

    def failing(own: FetchContext) -> Iterator[Batch]:
        own.failures.append(Failure("bad", SourceError("refused")))
        return
        yield

    def steps(name: str) -> Read:
        def read(own: FetchContext) -> Iterator[Batch]:
            for step in range(3):
                before = len(own.failures)
                yield batch(f"{name}{step}")
                seen[f"{name}{step}"] = len(own.failures) - before

        return read

    for found in at_once(3, run, [failing, steps("a"), steps("b")]):
        if found.part == "a1":  # could not be stored
            run.failures.append(Failure("a1", SourceError("refused")))
    assert seen == {"a0": 0, "a1": 1, "a2": 0, "b0": 0, "b1": 0, "b2": 0}
    assert sorted(failure.label for failure in run.failures) == ["a1", "bad"]


def test_an_error_of_the_whole_run_ends_it(run: FetchContext) -> None:
    begun: list[str] = []

    def wrong(own: FetchContext) -> Iterator[Batch]:
        raise ConfigError("the disk is full")
        yield

    def other(own: FetchContext) -> Iterator[Batch]:
        begun.append("x")
        yield batch("x")

    with pytest.raises(ConfigError, match="the disk is full"):
        list(at_once(2, run, [wrong, *[other] * 50]))
    assert len(begun) < 50


def test_the_bound_is_checked() -> None:
    with pytest.raises(ValueError, match="less than or equal to 16"):
        Settings(tenants_at_once=17)
