"""A service is ready when its log says so, whatever an earlier start has left there."""

from pathlib import Path

from ff_analytics.platform.processes.services import since


def test_letters_of_several_bytes_before_the_start_hide_nothing(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("é" * 500 + "Worker 'a' started!\n", encoding="utf-8")
    offset = log.stat().st_size
    assert since(log, offset) == ""
    with log.open("a", encoding="utf-8") as file:
        file.write("Worker 'b' started!\n")
    assert since(log, offset) == "Worker 'b' started!\n"


def test_a_log_that_is_not_there_yet_says_nothing(tmp_path: Path) -> None:
    assert since(tmp_path / "none.log", 0) == ""
