"""The start-up hook: what it says before a command, and which Python children find."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform import startup
from ff_analytics.platform.processes.services import free_port


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/x/bin/python /x/bin/prefect deploy --all", ["deploy"]),
        ("/x/bin/python -m prefect --no-prompt deploy --all", ["deploy"]),
        ("/x/bin/python /x/bin/prefect deployment run a/b", ["deployment", "run", "a/b"]),
        ("/x/bin/python /x/bin/prefect deployment run --help", []),
        ("/x/bin/python -m prefect.engine", []),
        ("/x/bin/python -m pytest deploy", []),
    ],
)
def test_the_words_of_a_command(line: str, expected: list[str]) -> None:
    assert startup.words_of(line.split()) == expected


def test_own_python_comes_first_and_once() -> None:
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join(["/usr/bin", own, "/bin"])
    assert startup.path_with_own_python(path) == os.pathsep.join([own, "/usr/bin", "/bin"])


@pytest.mark.parametrize("words", ["deploy --all", "deployment run analytics/valuation"])
def test_without_a_server_a_command_says_so_in_one_line(tmp_path: Path, words: str) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *words.split()],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PREFECT_API_URL": url, "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"No Prefect server answers at {url}.")
    assert "Traceback" not in done.stderr + done.stdout


def test_a_server_elsewhere_is_asked_by_the_command_itself() -> None:
    assert not startup.nothing_listens("https://prefect.example.org/api")
    assert not startup.nothing_listens(None)


def test_a_busy_machine_does_not_skip_the_hook() -> None:
    """Prefect leaves out a hook that takes longer, and a deploy then lacks its pool."""
    settings = tomllib.loads((PROJECT_ROOT / "prefect.toml").read_text())
    assert settings["plugins"]["setup_timeout_seconds"] >= 120
