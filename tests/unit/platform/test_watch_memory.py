"""Each finding is said once and its end once, with or without a disk."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ff_analytics.platform.watch.findings import Finding
from ff_analytics.platform.watch.memory import Memory, Message


def finding(kind: str = "late", subject: str = "r1") -> Finding:
    return Finding(kind=kind, subject=subject, message="m", what_to_do="w")


def news(
    memory: Memory | Path, *found: Finding, blind: frozenset[str] = frozenset()
) -> tuple[list[str], list[str]]:
    """One look that also tells what it has to say."""
    memory = memory if isinstance(memory, Memory) else Memory(memory)
    with memory.held() as state:
        fresh, over = state.news(found, blind)
        memory.save()
        state.outbox.clear()
        memory.save()
    return [f.key for f in fresh], [entry.subject for entry in over]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "watch" / "open.json"


@pytest.fixture
def full_disk(file: Path) -> Iterator[Path]:
    """The folder of the memory on a file system without a free byte."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    file.parent.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=5", "tmpfs", str(file.parent)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")
    news(file, finding("stale-data"))
    with pytest.raises(OSError, match="No space"):
        (file.parent / "filler").write_bytes(bytes(128 * 1024))
    yield file
    subprocess.run(["umount", "--lazy", str(file.parent)], check=True)


def test_said_once_and_its_end_once(file: Path) -> None:
    assert news(file, finding()) == (["late|r1"], [])
    assert news(file, finding()) == ([], [])
    assert news(file) == ([], ["r1"])
    assert news(file) == ([], [])


def test_it_is_said_again_when_it_comes_back(file: Path) -> None:
    news(file, finding())
    news(file)
    assert news(file, finding()) == (["late|r1"], [])


def test_an_ended_zombie_does_not_recover(file: Path) -> None:
    assert news(file, finding("zombie")) == (["zombie|r1"], [])
    assert news(file) == ([], [])


def test_what_could_not_be_looked_for_is_not_over(file: Path) -> None:
    news(file, finding("stale-data"))
    assert news(file, blind=frozenset({"stale-data"})) == ([], [])
    assert news(file) == ([], ["r1"])


def test_a_torn_file_does_not_stop_the_watch(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"late|r1": ')
    assert news(file, finding()) == (["late|r1"], [])


def test_a_full_disk_repeats_nothing(full_disk: Path) -> None:
    memory = Memory(full_disk)
    assert news(memory, finding()) == (["late|r1"], ["r1"])
    assert news(memory, finding()) == ([], [])
    assert news(memory) == ([], ["r1"])
    assert news(memory) == ([], [])
    (full_disk.parent / "filler").unlink()
    news(memory, finding())
    assert news(Memory(full_disk), finding()) == ([], [])


def test_a_file_that_is_lost_while_the_watch_runs_repeats_nothing(file: Path) -> None:
    memory = Memory(file)
    news(memory, finding())
    file.unlink()
    assert news(memory, finding()) == ([], [])


def event(message: Message, minutes_ago: int) -> dict[str, Any]:
    """The event as the server lists it."""
    occurred = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    payload = json.loads(json.dumps(message.payload))
    return {"id": str(message.id), "occurred": occurred.isoformat(), "payload": payload}


def said(*found: Finding, memory: Memory) -> list[Message]:
    with memory.held() as state:
        state.news(found)
        memory.save()
        messages = list(state.outbox)
        state.outbox.clear()
        memory.save()
    return messages


def test_without_its_file_a_new_watch_knows_what_the_server_has_heard(file: Path) -> None:
    lost = Memory(file.with_name("lost.json"))
    opened = said(finding(), finding("worker-offline", "pool"), memory=lost)
    closed = said(finding(), memory=lost)
    events = [event(closed[0], 1), *(event(message, 2) for message in opened)]
    memory = Memory(file)
    with memory.held() as state:
        state.hear(events)
        memory.save()
    assert news(memory, finding(), finding("worker-offline", "pool")) == (
        ["worker-offline|pool"],
        [],
    )


def test_a_watch_that_ended_before_it_spoke_says_it_once(file: Path) -> None:
    memory = Memory(file)
    with memory.held() as state:
        state.news([finding(), finding(subject="r2")])
        memory.save()
        first = state.outbox[0]
    again = Memory(file)
    with again.held() as state:
        state.hear([event(first, 0)])
        assert [message.subject for message in state.outbox] == ["r2"]


def test_a_folder_that_cannot_be_made_repeats_nothing(tmp_path: Path) -> None:
    (tmp_path / "watch").write_text("a file where the folder belongs")
    memory = Memory(tmp_path / "watch" / "open.json")
    assert news(memory, finding()) == (["late|r1"], [])
    assert news(memory, finding()) == ([], [])
