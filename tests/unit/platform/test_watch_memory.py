"""Each finding is said once, its end once, whoever looks and however often."""

from pathlib import Path

import pytest

from deployments.watch.findings import Finding
from deployments.watch.memory import memory


def finding(kind: str = "late", subject: str = "r1") -> Finding:
    return Finding(kind=kind, subject=subject, message="m", what_to_do="w")


def news(file: Path, *found: Finding) -> tuple[list[str], list[str]]:
    with memory(file) as held:
        fresh, over = held.news(found)
    return [f.key for f in fresh], [entry["subject"] for entry in over]


def test_said_once_and_its_end_once(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    assert news(file, finding()) == (["late|r1"], [])
    assert news(file, finding()) == ([], [])
    assert news(file) == ([], ["r1"])
    assert news(file) == ([], [])


def test_it_is_said_again_when_it_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    news(file, finding())
    news(file)
    assert news(file, finding()) == (["late|r1"], [])


def test_an_ended_zombie_does_not_recover(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    assert news(file, finding("zombie")) == (["zombie|r1"], [])
    assert news(file) == ([], [])


def test_what_could_not_be_looked_for_is_not_over(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    news(file, finding("stale-data"))
    with memory(file) as held:
        assert held.news([], frozenset({"stale-data"})) == ([], [])
    assert news(file) == ([], ["r1"])


def test_a_look_that_fails_is_repeated(tmp_path: Path) -> None:
    file = tmp_path / "open.json"

    def failing_look() -> None:
        with memory(file) as held:
            held.news([finding()])
            raise ConnectionError("server gone")

    with pytest.raises(ConnectionError):
        failing_look()
    assert news(file, finding()) == (["late|r1"], [])


def test_a_torn_memory_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    file.write_text('{"late|r1": ')
    assert news(file, finding()) == (["late|r1"], [])
