"""docs/promises.md: each row links to a test that exists, and every kill test is linked."""

import ast
import re
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT

SHEET = PROJECT_ROOT / "docs" / "promises.md"
TESTS = PROJECT_ROOT / "tests"
# [official-1]: ../tests/integration/pipeline/test_official.py "test_name" (no name: the file)
DEFINITION = re.compile(r'^\[([a-z0-9-]+)\]: \.\./tests/([\w/]+\.py)(?: "(\w+)")?$', re.MULTILINE)
LINK = re.compile(r"\[([a-z0-9-]+)\](?=,|\s\|)")


def defined_in(file: Path) -> set[str]:
    """Names of the file's tests; none where there is no such file."""
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in names if name.startswith("test_")}


def linked() -> list[tuple[str, str, str]]:
    """Label, file and test name ("" for a whole file) of each definition."""
    return DEFINITION.findall(SHEET.read_text())


def rows() -> list[str]:
    lines = SHEET.read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.endswith("| Test |")]


def test_every_row_links_to_a_test() -> None:
    labels = {label for label, _, _ in linked()}
    assert len(rows()) > 400
    assert [row for row in rows() if not LINK.findall(row.rsplit(" | ", 1)[-1])] == []
    assert {label for row in rows() for label in LINK.findall(row)} == labels


def test_every_linked_test_exists() -> None:
    missing = [
        (file, test)
        for _, file, test in linked()
        if not (TESTS / file).exists() or (test and test not in defined_in(TESTS / file))
    ]
    assert missing == []


def test_labels_and_tests_are_defined_once() -> None:
    lines = [line for line in SHEET.read_text().splitlines() if re.match(r"\[[^\]]*\]:", line)]
    labels, targets = zip(*((label, (file, test)) for label, file, test in linked()), strict=True)
    assert len(lines) == len(labels), "a line that begins with [ is not a link to a test"
    assert sorted(set(labels)) == sorted(labels)
    assert sorted(set(targets)) == sorted(targets)


def test_every_kill_test_is_linked() -> None:
    folder = TESTS / "faults"
    here = {(f"faults/{f.name}", t) for f in folder.glob("test_killed*.py") for t in defined_in(f)}
    assert here
    assert here - {(file, test) for _, file, test in linked()} == set()
