"""Following a run: every log line once, however many there are and however late."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from ff_analytics.platform.api.follow import _PAGE, _Log, follow
from ff_analytics.platform.api.rest import Api, Refused

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Server:
    """Hands out the lines that it has, as the API does: by time, a page at a time."""

    def __init__(self) -> None:
        self.logs: list[dict[str, Any]] = []

    def say(self, text: str, seconds: float) -> None:
        at = (START + timedelta(seconds=seconds)).isoformat()
        self.logs.append({"id": str(len(self.logs)), "message": text, "timestamp": at})

    def call(self, method: str, path: str, body: Any = None) -> Any:
        if path.startswith("/flow_runs"):
            return {"name": "sample", "state": {"type": "SCHEDULED", "name": "Late"}}
        after = body["logs"].get("timestamp", {}).get("after_", "")
        found = sorted(
            (line for line in self.logs if line["timestamp"] >= after),
            key=lambda line: str(line["timestamp"]),
        )
        return found[body["offset"] : body["offset"] + min(body["limit"], _PAGE)]

    def all(self, path: str, body: Any) -> list[Any]:
        return []


def log_of(server: Server) -> _Log:
    return _Log(cast(Api, server), "r1")


def new(lines: _Log) -> list[str]:
    return [line["message"] for line in lines.new()]


def test_more_lines_than_a_page_come_all_and_once() -> None:
    server = Server()
    lines = log_of(server)
    wanted = [f"line {n}" for n in range(2 * _PAGE + 7)]
    for n, text in enumerate(wanted):
        server.say(text, n / 100)
    assert new(lines) == wanted
    assert new(lines) == []


def test_a_line_that_arrives_after_a_later_one_is_not_lost() -> None:
    server = Server()
    lines = log_of(server)
    server.say("second", 5)
    assert new(lines) == ["second"]
    server.say("first, sent late", 1)
    server.say("third", 6)
    assert new(lines) == ["first, sent late", "third"]


def test_a_run_that_no_worker_picks_up_is_given_up_on_request() -> None:
    with pytest.raises(Refused, match="no worker has picked the run up"):
        follow(cast(Api, Server()), "r1", print, unclaimed=0.001)
