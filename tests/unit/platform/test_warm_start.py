"""A warm-started run cannot be told from a plain one, and leaves nothing to the next.

Each test runs with the fork server and, where it says `start`, also without it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics.platform.local.warm import child, client, stale
from ff_analytics.platform.processes.process_table import processes
from tests.unit.platform.warm_site import SERVER, Site
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere runs start plainly")
SHOW = """
import json, signal
print(json.dumps({
    "env": dict(os.environ), "cwd": os.getcwd(), "argv": sys.argv, "path": sys.path,
    "umask": os.umask(0), "flags": str(sys.flags), "main": __name__,
    "signals": {int(s): str(signal.getsignal(s)) for s in signal.valid_signals()},
    "blocked": [int(s) for s in signal.pthread_sigmask(signal.SIG_BLOCK, ())],
    "streams": [os.fstat(n).st_ino for n in (0, 1, 2)],
    "encoding": [sys.stdout.encoding, sys.stdout.line_buffering, sys.stderr.line_buffering],
    "threads": len(os.listdir("/proc/self/task")),
    "gone": sys.stdin.read(),
}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["warm", "plain"])
def start(request: pytest.FixtureRequest, site: Site) -> Site:
    """The site, where runs are forked or not."""
    if request.param == "warm":
        site.start()
    else:
        site.env[client.FOLDER] = ""
    return site


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", 0),
        ("sys.exit(7)", 7),
        ("sys.exit(-1)", 255),
        ("sys.exit('words')", 1),
        ("raise ValueError('boom')", 1),
        ("raise KeyboardInterrupt", -signal.SIGINT),
        ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("os.kill(os.getpid(), 15)", -signal.SIGTERM),
        ("os.abort()", -signal.SIGABRT),
        ("os._exit(3)", 3),
    ],
)
def test_the_worker_sees_how_the_run_ended(start: Site, code: str, expected: int) -> None:
    assert start.run(code).returncode == expected


def test_handlers_of_the_exit_run_and_output_is_flushed(start: Site) -> None:
    done = start.run("import atexit; atexit.register(print, 'bye'); print('é')")
    assert done.stdout == "é\nbye\n"


def test_a_forked_run_has_what_a_plain_one_has(site: Site) -> None:
    def seen() -> dict[str, object]:
        os.umask(0o027)
        process = site.popen(SHOW, PREFECT__NAME="a b\nc")
        out, err = process.communicate("typed", timeout=60)
        assert not err
        found: dict[str, object] = json.loads(out)
        # Pipes of each process are its own.
        found.pop("streams")
        return found

    before = os.umask(0o022)
    try:
        warm_env = site.env[client.FOLDER]
        site.env[client.FOLDER] = ""
        plain = seen()
        site.env[client.FOLDER] = warm_env
        os.umask(0o022)
        site.start()
        warm = seen()
    finally:
        os.umask(before)
    for found in (plain, warm):
        found["env"].pop(client.FOLDER)  # type: ignore[attr-defined]
    assert warm == plain


def test_runs_have_own_random_numbers_and_one_thread(site: Site) -> None:
    site.start()
    code = "import random, numpy, uuid; print(random.random(), numpy.random.rand(), uuid.uuid4())"
    numbers = [site.run(code).stdout.split() for _ in range(3)]
    assert len({number for row in numbers for number in row}) == 9


def test_a_run_inherits_no_descriptor_of_the_server_or_of_another_run(site: Site) -> None:
    site.start()
    long = site.popen("sys.stdin.read()")
    try:
        code = "print(len([f for f in os.listdir('/proc/self/fd')]), os.listdir('/proc/self/fd'))"
        # 0, 1, 2, the connection to its client, and the listing itself.
        assert int(site.run(code).stdout.split()[0]) == 5
    finally:
        long.communicate("")


def test_what_one_run_knows_is_not_in_the_memory_of_the_next(site: Site) -> None:
    site.start()
    secret = {"PREFECT__TOKEN": "planted-secret-4711"}
    # The pattern does not match itself.
    looks = """
import re
def memory():
    for line in open("/proc/self/maps"):
        words = line.split()
        if "r" in words[1] and (len(words) == 5 or "[heap]" in line or "[stack]" in line):
            low, high = (int(part, 16) for part in words[0].split("-"))
            with open("/proc/self/mem", "rb", 0) as file:
                file.seek(low)
                yield file.read(high - low)
print(any(re.search(b"planted-secret-471[1]", part) for part in memory()))
"""
    assert site.run(looks, **secret).stdout == "True\n"
    assert site.run(looks).stdout == "False\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_run(start: Site, number: int) -> None:
    code = (
        f"import signal; signal.signal({int(number)}, lambda n, f: (print('got', n), sys.exit(5)));"
        "print('up', flush=True); signal.pause()"
    )
    # Whoever runs the tests may ignore a signal (nohup does), and a run inherits that.
    inherited = signal.signal(number, signal.SIG_DFL)
    try:
        run = start.popen(code)
    finally:
        signal.signal(number, inherited)
    assert run.stdout
    assert run.stdout.readline() == "up\n"
    run.send_signal(number)
    out, _ = run.communicate(timeout=60)
    assert (out, run.returncode) == (f"got {int(number)}\n", 5)


def test_an_ignored_signal_stays_ignored(start: Site) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        code = "import signal; print(signal.getsignal(1) is signal.SIG_IGN)"
        assert start.run(code).stdout == "True\n"
    finally:
        signal.signal(signal.SIGHUP, before)


def pid_of_the_run(run: subprocess.Popen[str]) -> int:
    assert run.stdout
    return int(run.stdout.readline())


def gone(pid: int) -> bool:
    return all(process.pid != pid for process in processes())


WAITS = "import time; print(os.getpid(), flush=True); time.sleep(600)"


def test_a_killed_client_takes_the_run_along(start: Site) -> None:
    run = start.popen(WAITS)
    pid = pid_of_the_run(run)
    run.kill()
    run.communicate()
    until("the run is gone", lambda: gone(pid), patience=10)


def test_a_killed_client_takes_the_run_along_without_the_server(site: Site) -> None:
    server = site.start()
    run = site.popen(WAITS)
    pid = pid_of_the_run(run)
    server.kill()
    server.wait()
    assert not gone(pid)
    run.kill()
    run.communicate()
    until("the run is gone", lambda: gone(pid), patience=10)


@pytest.mark.parametrize(
    ("code", "expected"), [("sys.exit(6)", 6), ("os.kill(os.getpid(), 9)", -9)]
)
def test_a_run_outlives_the_server_that_forked_it(site: Site, code: str, expected: int) -> None:
    server = site.start()
    run = site.popen(f"print(os.getpid(), flush=True); sys.stdin.readline(); {code}")
    pid_of_the_run(run)
    server.kill()
    server.wait()
    run.communicate("\n", timeout=60)
    assert run.returncode == expected


def test_a_run_outlives_its_worker_and_the_server_ends_after_it(site: Site) -> None:
    worker = subprocess.Popen(["sleep", "600"])
    ends_with = os.pidfd_open(worker.pid)
    words = [str(site.folder), str(os.getpid()), str(ends_with)]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, *words], env=site.env, pass_fds=[ends_with]
    )
    site.servers.append(server)  # type: ignore[arg-type]
    until("the server is ready", lambda: "ready" in site.said(), patience=60)
    run = site.popen("print(os.getpid(), flush=True); sys.stdin.readline(); print('done')")
    pid_of_the_run(run)
    worker.kill()
    worker.wait()
    until("no more runs", lambda: "the worker has ended" in site.said(), patience=10)
    assert server.poll() is None
    assert run.communicate("\n", timeout=60)[0] == "done\n"
    assert server.wait(10) == 0
    assert list(site.folder.glob("*.sock")) == []


def test_runs_at_once_are_forked_side_by_side(site: Site) -> None:
    site.start()
    runs = [site.popen("print(os.getpid(), flush=True); sys.stdin.readline()") for _ in range(5)]
    pids = {pid_of_the_run(run) for run in runs}
    for run in runs:
        run.communicate("\n", timeout=60)
    assert len(pids) == 5
    assert [run.returncode for run in runs] == [0] * 5


def test_a_run_with_another_environment_starts_plainly(site: Site) -> None:
    server = site.start()
    code = "print(os.getppid(), os.environ['OPENBLAS_NUM_THREADS'])"
    assert site.run(code, OPENBLAS_NUM_THREADS="3").stdout == f"{os.getpid()} 3\n"
    assert site.run("print(os.getppid())").stdout == f"{server.pid}\n"


def test_a_folder_with_settings_of_prefect_starts_plainly(site: Site) -> None:
    site.start()
    (site.cwd / ".env").write_text("PREFECT_LOGGING_LEVEL=DEBUG\n")
    assert site.run("print(os.getppid())").stdout == f"{os.getpid()}\n"


@pytest.mark.parametrize("change", ["changed", "new", "gone", "env"])
def test_a_changed_file_replaces_the_server(site: Site, tmp_path: Path, change: str) -> None:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").write_text("x = 1\n")
    code = SERVER.replace(
        "server.main()",
        "from pathlib import Path\nfrom ff_analytics.platform.local.warm import stale\n"
        f"stamp = stale.stamp\nstale.stamp = lambda: stamp(Path({str(root)!r}))\nserver.main()",
    )
    server = site.start(code)
    assert site.run("print(os.getppid())").stdout == f"{server.pid}\n"
    if change == "changed":
        (root / "src" / "a.py").write_text("x = 2\n")
    elif change == "new":
        (root / "src" / "b.py").touch()
    elif change == "gone":
        (root / "src" / "a.py").unlink()
    else:
        (root / ".env").write_text("FF_LEAGUE=other\n")
    assert site.run("print(os.getppid())").stdout == f"{os.getpid()}\n"
    until("the old server says so", lambda: "has changed" in site.said(), patience=10)
    assert server.wait(10) == 0


def test_a_server_that_does_not_answer_holds_up_nothing(site: Site) -> None:
    server = site.start()
    server.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert site.run("print('once')").stdout == "once\n"
    assert time.monotonic() - began < 30
    server.send_signal(signal.SIGCONT)
    # The client that gave up is gone: nothing runs a second time.
    assert site.run("print('next')").stdout == "next\n"


def test_the_socket_is_for_this_user_alone(site: Site) -> None:
    site.start()
    (socket,) = site.folder.glob("*.sock")
    assert socket.stat().st_mode & 0o777 == 0o600


def test_a_second_thread_forbids_forks(site: Site) -> None:
    threaded = SERVER.replace(
        "server.main()",
        "import threading, time\nlisten = server.Server.listen\ndef late(self):\n    listen(self)\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "server.Server.listen = late\nserver.main()",
    )
    site.start(threaded)
    assert site.run("print(os.getppid())").stdout == f"{os.getpid()}\n"


def test_a_preload_that_starts_threads_is_refused(site: Site) -> None:
    polars = SERVER.replace("server.main()", "server.PRELOADED = ('polars',)\nserver.main()")
    with pytest.raises(AssertionError, match="threads after the imports"):
        site.start(polars)


def test_code_that_cannot_be_imported_is_tried_once(site: Site) -> None:
    broken = SERVER.replace("server.main()", "server.PRELOADED = ('nothing',)\nserver.main()")
    for _ in range(2):
        with pytest.raises(AssertionError, match="the server ended"):
            site.start(broken)
    assert site.said().count("no warm start: ModuleNotFoundError") == 1


PRELOADS = """
import os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from importlib import import_module
from pathlib import Path
from ff_analytics.platform.local.warm import server
def opened():
    return sorted(os.readlink(fd) for fd in Path("/proc/self/fd").iterdir() if fd.exists())
before = opened()
for module in server.PRELOADED:
    import_module(module)
from ff_analytics.engine.base.settings import get_settings
assert get_settings.cache_info().currsize == 0, "settings were read"
assert opened() == before, opened()
assert server.threads() == 1, server.threads()
"""


def test_what_is_preloaded_opens_nothing_and_starts_no_thread(site: Site) -> None:
    command = [sys.executable, "-c", PRELOADS]
    done = subprocess.run(command, cwd=site.cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_environment_of_one_run_alone_may_differ() -> None:
    base = {"PREFECT_API_URL": "a", "HOME": "/h"}
    assert child.difference(base, base | {"PREFECT__FLOW_RUN_ID": "1"}) == []
    assert child.difference(base, base | {"FF_LEAGUE": "x"}) == ["FF_LEAGUE"]
    assert child.difference(base, {"HOME": "/h"}) == ["PREFECT_API_URL"]


def test_the_stamp_sees_this_project() -> None:
    found = stale.stamp()
    assert str(stale.ROOT / "src/ff_analytics/platform/local/warm/stale.py") in found
    assert str(stale.ROOT / "requirements.lock") in found
    assert str(stale.ROOT / "dbt/dbt_project.yml") in found
    assert not any("__pycache__" in path for path in found)
    assert stale.change(found, stale.stamp()) is None
