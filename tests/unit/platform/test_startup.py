"""The start-up hook: which commands are a deploy, and which Python children find."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployments import startup
from deployments.local.services import free_port
from ff_analytics.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/x/bin/python /x/bin/prefect deploy --all", True),
        ("/x/bin/python -m prefect --no-prompt deploy --all", True),
        ("/x/bin/python /x/bin/prefect deployment run analytics/valuation", False),
        ("/x/bin/python /x/bin/prefect worker start --pool deploy", False),
        ("/x/bin/python -m prefect.engine", False),
        ("/x/bin/python -m pytest deploy", False),
    ],
)
def test_only_a_deploy_is_a_deploy(line: str, expected: bool) -> None:
    assert startup.is_deploy(line.split()) is expected


def test_own_python_comes_first_and_once() -> None:
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join(["/usr/bin", own, "/bin"])
    assert startup.path_with_own_python(path) == os.pathsep.join([own, "/usr/bin", "/bin"])


def test_a_deploy_without_a_server_says_so_in_one_line(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PREFECT_API_URL": url, "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"No Prefect server answers at {url}.")
    assert "Traceback" not in done.stderr + done.stdout
