"""The watch beside workers: one per folder, ends with the last one, outlives one that is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from ff_analytics.platform.processes import watch_process

# A worker as far as the watch is concerned: signs in, says so, waits for its standard input.
WORKER = """
import sys
from pathlib import Path
from ff_analytics.platform.processes import watch_process
watch_process.sign_in(Path(sys.argv[1]))
print("in", flush=True)
sys.stdin.read()
"""


def worker(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "in\n"
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.communicate("")


def test_the_watch_is_needed_until_the_last_worker_has_stopped(tmp_path: Path) -> None:
    first, second = worker(tmp_path), worker(tmp_path)
    workers = watch_process.Workers(tmp_path)
    assert workers.need_the_watch()
    stop(first)
    assert workers.need_the_watch()
    stop(second)
    assert not workers.need_the_watch()


def test_the_watch_outlives_a_killed_worker_for_a_while(tmp_path: Path) -> None:
    lost = worker(tmp_path)
    lost.send_signal(signal.SIGKILL)
    lost.communicate()
    assert watch_process.Workers(tmp_path).need_the_watch()
    patient = watch_process.Workers(tmp_path, outlives=-1)
    assert not patient.need_the_watch()
    # What it knew is over: the file of the dead worker does not keep the next watch alive.
    assert list((tmp_path / "workers").iterdir()) == []
    assert not watch_process.Workers(tmp_path).need_the_watch()


def test_a_new_worker_takes_the_place_of_a_killed_one(tmp_path: Path) -> None:
    lost, new = worker(tmp_path), worker(tmp_path)
    lost.send_signal(signal.SIGKILL)
    lost.communicate()
    workers = watch_process.Workers(tmp_path)
    assert workers.need_the_watch()
    stop(new)
    assert not workers.need_the_watch()


def test_a_forked_child_of_the_worker_does_not_sign_it_out(tmp_path: Path) -> None:
    code = WORKER + "\nimport os\nif os.fork() == 0:\n    sys.exit(0)\nos.wait()\nos._exit(9)\n"
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.DEVNULL, check=False
    )
    assert len(list((tmp_path / "workers").iterdir())) == 1


def test_one_watch_per_folder(tmp_path: Path) -> None:
    with watch_process.only_watch(tmp_path) as first, watch_process.only_watch(tmp_path) as second:
        assert (first, second) == (True, False)
    with watch_process.only_watch(tmp_path) as again:
        assert again


def test_a_watch_without_workers_ends_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "watch", "--beside-workers"],
        env={**os.environ, "FF_DATA_DIR": str(tmp_path), "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the last worker has ended" in done.stdout
