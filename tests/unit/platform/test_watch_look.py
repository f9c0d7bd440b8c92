"""A look whose parts fail, and a log on a full disk."""

import asyncio
import errno
import io
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import PrefectClient, get_client

from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.platform import log
from ff_analytics.platform.alerts import delivery
from ff_analytics.platform.watch import episodes, events_path, loop, observe
from ff_analytics.platform.watch.findings import Finding, Limits, Silence
from ff_analytics.platform.watch.memory import Memory, Message

PARTS = ("open_runs", "schedules", "pools", "deployment_names", "of_lake")
OFFLINE = "worker-offline"


class Told:
    """What the watch emitted; `broken` raises instead."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.broken = False

    async def __call__(self, outbox: list[Message]) -> None:
        if self.broken:
            raise ConnectionError("no events")
        self.messages += outbox


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """A platform whose one pool has lost its worker; events go to `told`."""

    async def nothing(*_: Any, **__: Any) -> list[Finding]:
        return []

    async def gone(*_: Any) -> list[Silence]:
        return [Silence("pool", Limits().worker * 2)]

    async def heard(*_: Any, **__: Any) -> list[dict[str, Any]]:
        messages = emitted.messages if not emitted.broken else []
        return [
            {"id": str(m.id), "occurred": "2026-01-01T00:00:00+00:00", "payload": m.payload}
            for m in messages
        ]

    emitted = Told()
    for name in ("open_runs", "schedules", "deployment_names"):
        monkeypatch.setattr(observe, name, nothing)
    monkeypatch.setattr(observe, "of_lake", list)
    monkeypatch.setattr(observe, "pools", gone)
    monkeypatch.setattr(episodes, "look", nothing)
    monkeypatch.setattr(events_path, "dead_letters", nothing)
    monkeypatch.setattr(delivery, "events", heard)
    monkeypatch.setattr(loop, "send", emitted)
    return emitted


def look(memory: Memory) -> None:
    asyncio.run(loop.once(memory, Limits()))


def subjects(told: Told) -> list[str]:
    return [f"{message.payload['kind']} {message.subject}" for message in told.messages]


@pytest.mark.parametrize("broken", ["open_runs", "schedules", "deployment_names", "of_lake"])
def test_a_part_that_fails_blinds_no_other(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(*_: Any) -> Any:
        raise LakeMissing("The lake could not be read.")

    monkeypatch.setattr(observe, broken, fails)
    look(Memory(tmp_path / "open.json"))
    assert subjects(told) == [f"{OFFLINE} pool"]


def test_a_server_that_answers_nothing_ends_no_finding(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(tmp_path / "open.json")
    look(memory)

    async def away(*_: Any) -> Any:
        raise ConnectionError("server away")

    for name in PARTS[:-1]:
        monkeypatch.setattr(observe, name, away)
    with pytest.raises(ConnectionError):
        look(memory)
    assert subjects(told) == [f"{OFFLINE} pool"]


def test_what_could_not_be_emitted_is_emitted_by_the_next_look(told: Told, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "open.json")
    told.broken = True
    with pytest.raises(ConnectionError):
        look(memory)
    told.broken = False
    look(memory)
    look(memory)
    assert subjects(told) == [f"{OFFLINE} pool"]


def test_the_state_is_written_before_the_watch_speaks(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch ends right after it spoke; the one that follows does not repeat it."""

    async def speaks_and_dies(outbox: list[Message]) -> None:
        assert f"{OFFLINE}|pool" in (tmp_path / "open.json").read_text()
        told.messages += outbox
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "send", speaks_and_dies)
    with pytest.raises(KeyboardInterrupt):
        look(Memory(tmp_path / "open.json"))
    monkeypatch.setattr(loop, "send", told)
    look(Memory(tmp_path / "open.json"))
    assert subjects(told) == [f"{OFFLINE} pool"]


def test_a_full_disk_under_the_log_does_not_stop_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())
    log.watch("a line")


def test_an_alert_that_was_sent_late_is_not_sent_again_when_the_server_forgets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server with a full disk stores no event that says so."""
    failed = delivery.of(
        {
            "id": "00000000-0000-0000-0000-000000000001",
            "occurred": "2026-09-01T12:00:00+00:00",
            "event": "prefect.automation.action.failed",
            "resource": {"prefect.resource.name": "ff-watch"},
            "related": [],
            "payload": {},
        }
    )
    sent = []

    async def undelivered(*_: Any) -> list[delivery.Delivery]:
        return [failed]

    async def send(_: PrefectClient, one: delivery.Delivery, *__: Any) -> bool:
        sent.append(one.id)
        return True

    async def forgets(*_: Any) -> None:
        return None

    monkeypatch.setattr(delivery, "undelivered", undelivered)
    monkeypatch.setattr(delivery, "_send", send)
    monkeypatch.setattr(delivery, "_note", forgets)

    async def rounds() -> None:
        late = delivery.Redelivery()
        async with get_client() as client:
            for _ in range(3):
                await late.round(client, failed.at)

    asyncio.run(rounds())
    assert sent == [failed.id]
