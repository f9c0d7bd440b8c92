"""Following a run: every log line once, however many there are."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prefect.client.schemas.objects import Log

from ff_analytics.platform.local.follow import PAGE, _Lines

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
RUN = UUID(int=1)


class Server:
    """Hands out the lines that it has, as the API does: by time, a page at a time."""

    def __init__(self) -> None:
        self.logs: list[Log] = []

    def say(self, text: str, seconds: float) -> None:
        at = START + timedelta(seconds=seconds)
        self.logs.append(
            Log(id=uuid4(), name="x", level=20, message=text, timestamp=at, flow_run_id=RUN)
        )

    async def read_logs(
        self, log_filter: Any, *, limit: int, offset: int, sort: object
    ) -> list[Log]:
        after = log_filter.timestamp.after_ if log_filter.timestamp else START
        found = sorted(
            (log for log in self.logs if log.timestamp >= after), key=lambda log: log.timestamp
        )
        return found[offset : offset + min(limit, PAGE)]


def new(lines: _Lines) -> list[str]:
    return [log.message for log in asyncio.run(lines.new())]


def test_more_lines_than_a_page_come_all_and_once() -> None:
    server = Server()
    lines = _Lines(server, RUN)  # type: ignore[arg-type]
    wanted = [f"line {n}" for n in range(2 * PAGE + 7)]
    for n, text in enumerate(wanted):
        server.say(text, n / 100)
    assert new(lines) == wanted
    assert new(lines) == []


def test_a_line_that_arrives_after_a_later_one_is_not_lost() -> None:
    server = Server()
    lines = _Lines(server, RUN)  # type: ignore[arg-type]
    server.say("second", 5)
    assert new(lines) == ["second"]
    server.say("first, sent late", 1)
    server.say("third", 6)
    assert new(lines) == ["first, sent late", "third"]
