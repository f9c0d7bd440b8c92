"""Notebooks run from top to bottom on a small league, and the README's lines read the lake."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.lake.attach.extensions import extension_directory
from ff_analytics.engine.read.reader import reader
from tests.fakes.app_lake import stock

FOLDER = PROJECT_ROOT / "notebooks"
# What a notebook knows at its end, as Python; a cell that stops early leaves it undefined.
SEEN = {
    "explore_league": "len(d['effect'].effects), d['sheet'].height",
    "write_product": "d['steady'].height",
    "read_from_outside": "d['best'].height, d['by_position']['players'].sum()",
}
FOUND = {"explore_league": "2 2", "write_product": "12", "read_from_outside": "10 24"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data/` and `.venv/`, as the project has them."""
    folder = tmp_path_factory.mktemp("project")
    settings = Settings(data_dir=folder / "data").embedded(folder / "data")
    stock(settings)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "duckdb_extensions").symlink_to(extension_directory())
    published = folder / "data" / "analytics" / "player_valuation"
    published.mkdir(parents=True)
    values = reader(settings=settings).ask("FROM analytics.mrt_player_valuation")
    values.write_parquet(published / "latest.parquet")
    return folder


def python(code: str, project: Path) -> str:
    """Output of the code in the project's folder, where nothing outside answers."""
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=os.environ | nowhere | {"FF_DATA_DIR": str(project / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_notebook_is_run_here() -> None:
    assert {file.stem for file in FOLDER.glob("*.py")} == set(SEEN)


@pytest.mark.parametrize("name", SEEN)
def test_a_notebook_runs_to_its_end(name: str, project: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import {name} as notebook\n"
        f"_, d = notebook.app.run()\nprint({SEEN[name]})"
    )
    assert python(code, project).split("\n")[-2] == FOUND[name]


def test_five_lines_of_the_readme_read_the_lake(project: Path) -> None:
    text = (PROJECT_ROOT / "README.md").read_text()
    [code] = re.findall(r"```python\n(import duckdb.*?)```", text, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) == 5
    said = python(code, project)
    assert said.count("shape: (10, ") == 2
