"""docs/promises.md names tests that exist, and every kill test is named there."""

import ast
import re
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT

SHEET = PROJECT_ROOT / "docs" / "promises.md"
TESTS = PROJECT_ROOT / "tests"


def defined_in(file: Path) -> set[str]:
    """Names of the file's tests; none where there is no such file."""
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in names if name.startswith("test_")}


def named() -> set[tuple[str, str]]:
    return set(re.findall(r"`([\w/]+\.py)::(\w+)`", SHEET.read_text()))


def test_every_named_test_exists() -> None:
    assert len(named()) > 40
    assert {(file, test) for file, test in named() if test not in defined_in(TESTS / file)} == set()


def test_every_kill_test_is_named() -> None:
    folder = TESTS / "faults"
    here = {(f"faults/{f.name}", t) for f in folder.glob("test_killed*.py") for t in defined_in(f)}
    assert here
    assert here - named() == set()
