"""The Dockerfile's own steps, done in folders: the packages are those installed here already.

The whole build, with all packages fetched and checked:
`python -m ff_analytics.platform.docker.rehearse`.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ff_analytics.platform.docker import rehearse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> rehearse.Rehearsal:
    folder = tmp_path_factory.mktemp("image")
    # All that is installed but the project itself: that is what the steps have to bring.
    packages = folder / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "ff_analytics" not in entry.name:
            (packages / entry.name).symlink_to(entry)
    made = rehearse.Rehearsal(folder, {"PYTHONPATH": str(packages)})
    made.build(rehearse.DOCKERFILE.read_text())
    return made


def inside(built: rehearse.Rehearsal, *words: str) -> str:
    """Output of a command in the finished image, with its environment."""
    env = {**built.env, "PREFECT_HOME": str(built.folder / "home")}
    done = subprocess.run(
        words, cwd=built.app, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_step_is_done_but_those_for_accounts(built: rehearse.Rehearsal) -> None:
    assert [step.split()[1] for step in built.left_out] == ["groupadd"]
    assert (built.folder / "build" / "requirements.lock").exists()


def test_the_image_holds_code_and_no_data(built: rehearse.Rehearsal) -> None:
    top = {entry.name for entry in built.app.iterdir()}
    assert {".venv", "src", "flows", "dbt", "prefect.yaml", "scripts", "data"} <= top
    assert {".env", ".git", "tests", "docs"} & top == set()
    assert list((built.app / "data").iterdir()) == []


def test_its_python_runs_the_flows_from_there(built: rehearse.Rehearsal) -> None:
    code = "import flows.analytics as f, sys; f.valuation; print(f.__file__, sys.prefix)"
    said = inside(built, "python", "-c", code).split()
    assert said == [str(built.app / "flows" / "analytics.py"), str(built.app / ".venv")]


def test_its_command_starts_a_worker_that_can_be_asked(built: rehearse.Rehearsal) -> None:
    command = next(
        rest
        for word, rest in rehearse.instructions(rehearse.DOCKERFILE.read_text())
        if word == "CMD"
    )
    words = [word.strip('" ') for word in command.strip("[]").split(",")]
    assert "--with-healthcheck" in inside(built, *words[:-1], "--help")


def test_two_builds_are_alike(built: rehearse.Rehearsal, tmp_path: Path) -> None:
    """The layer of the code, whose compiled files hold neither times nor an order."""
    first = rehearse.digest(built.app / "src")
    again = subprocess.run(
        [sys.executable, "-m", "compileall", "-qf", "--invalidation-mode", "unchecked-hash", "src"],
        cwd=built.app,
        env={**os.environ},
        check=False,
    )
    assert (again.returncode, rehearse.digest(built.app / "src")) == (0, first)
