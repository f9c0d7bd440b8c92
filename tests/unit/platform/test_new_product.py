"""`ff new product`: what it writes is whole, formatted and accepted by the manifest."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform import manifest
from ff_analytics.platform.scaffold import new_product


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that a new product joins."""
    for pattern in new_product.COPIES:
        (tmp_path / pattern).parent.mkdir(parents=True, exist_ok=True)
    for name in ("prefect.yaml", "pyproject.toml"):
        shutil.copy2(PROJECT_ROOT / name, tmp_path)
    return tmp_path


def test_its_code_passes_the_house_style(checkout: Path) -> None:
    made = new_product.write("waiver-wire", checkout)
    code = [str(file) for file in made if file.suffix == ".py"]
    assert len(code) == 3
    # Which imports are our own is told by the real src, not by the copy.
    for command in (["check", "--config", f"src=['{PROJECT_ROOT}/src']"], ["format", "--check"]):
        line = [sys.executable, "-m", "ruff", *command, "--no-cache", *code]
        done = subprocess.run(line, cwd=checkout, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_word_of_the_template_is_left(checkout: Path) -> None:
    made = new_product.write("waiver-wire", checkout)
    assert [f.name for f in made[:-1] if "template" in f.read_text().lower()] == []


def test_it_is_deployed_with_a_schedule(checkout: Path) -> None:
    new_product.write("waiver-wire", checkout)
    entry = manifest.load(checkout / "prefect.yaml").deployments[-1]
    assert (entry.name, entry.entrypoint) == ("waiver-wire", "flows.analytics.waiver_wire")
    assert entry.schedules


def test_a_second_time_nothing_is_written(checkout: Path) -> None:
    new_product.write("waiver-wire", checkout)
    before = (checkout / "prefect.yaml").read_text()
    with pytest.raises(ConfigError, match="exists already"):
        new_product.write("waiver-wire", checkout)
    assert (checkout / "prefect.yaml").read_text() == before
