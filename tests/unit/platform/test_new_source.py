"""`ff new source`: what it writes is whole, formatted and accepted by the manifest."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform import manifest
from ff_analytics.platform.scaffold import new_source


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that a new source joins."""
    for name in ("prefect.yaml", "pyproject.toml"):
        shutil.copy2(PROJECT_ROOT / name, tmp_path)
    return tmp_path


def test_its_code_passes_the_house_style(checkout: Path) -> None:
    made = new_source.write("draft-positions", checkout, checkout / "data")
    code = [str(file) for file in made if file.suffix == ".py"]
    assert len(code) == 2
    for command in (["check", "--config", f"src=['{PROJECT_ROOT}/src']"], ["format", "--check"]):
        line = [sys.executable, "-m", "ruff", *command, "--no-cache", *code]
        done = subprocess.run(line, cwd=checkout, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_code_is_typed(checkout: Path) -> None:
    made = new_source.write("draft-positions", checkout, checkout / "data")
    code = [str(file) for file in made if file.suffix == ".py"]
    options = ["--config-file", str(PROJECT_ROOT / "pyproject.toml"), "--explicit-package-bases"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--follow-imports=silent", *code],
        cwd=PROJECT_ROOT,
        env={**os.environ, "MYPYPATH": f"{checkout / 'src'}:{PROJECT_ROOT / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_word_of_the_template_is_left(checkout: Path) -> None:
    made = new_source.write("draft-positions", checkout, checkout / "data")
    assert [f.name for f in made[:-2] if "example" in f.read_text().lower()] == []


def test_it_is_deployed_with_a_schedule(checkout: Path) -> None:
    new_source.write("draft-positions", checkout, checkout / "data")
    entry = manifest.load(checkout / "prefect.yaml").deployments[-1]
    assert (entry.name, entry.entrypoint) == ("draft-positions", "flows.ingest.draft_positions")
    assert entry.schedules


def test_a_second_time_nothing_is_written(checkout: Path) -> None:
    new_source.write("draft-positions", checkout, checkout / "data")
    before = (checkout / "prefect.yaml").read_text()
    with pytest.raises(ConfigError, match="exists already"):
        new_source.write("draft-positions", checkout, checkout / "data")
    assert (checkout / "prefect.yaml").read_text() == before


@pytest.mark.parametrize("name", ["Draft", "draft_positions", "nflverse"])
def test_a_wrong_or_taken_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name!r}"):
        new_source.check(name)
