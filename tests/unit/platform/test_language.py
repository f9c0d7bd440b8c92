"""Prose is plain technical English: docs, docstrings, comments and messages avoid these words.

Only folders in `DONE` are checked; add one when its prose has been rewritten.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT

# Word (a regular expression) -> what to write instead.
BANNED = {
    r"nobody|somebody|everybody|anybody": "name the user, process or table",
    r"said|told": "reported, shown, contains",
    r"mend(s|ed|ing)?": "fix, correct, repair",
    r"dear(er|est)?": "expensive, costly",
    r"bur(y|ies|ied)": "soft-delete",
    r"foresaw|foresee\w*": "expected, unexpected",
    r"wakes?": "notify, resume",
    r"silence|gone quiet|goes quiet": "volume anomaly, no rows",
    r"judge[sd]?|judging": "check, evaluate, classify; quality gate",
    r"stand-ins?": "fake",
    r"set aside": "quarantined",
    r"walk(s|ed)? (through|back|forth)": "walk-forward, iterate",
    r"in trouble|trouble with": "error",
    r"takes? (its|his|their) turns?": "exclusive lock",
    r"left behind": "remaining",
    r"under way": "active, current",
    r"of late": "recent",
    r"anew": "again",
    r"way back": "fix",
}
PATTERN = re.compile(rf"\b({'|'.join(BANNED)})\b", re.IGNORECASE)
DONE = [
    *("README.md", "CONTRIBUTING.md", ".env.example", "prefect.yaml"),
    *("docs", "benchmarks", "blocks", "flows", "tasks", "src"),
    *("dbt/macros", "dbt/models", "dbt/tests", "deployments"),
]
SUFFIXES = {".py", ".md", ".yml", ".yaml", ".sql", ".j2", ".html"}
# Text of others that must stay as it is.
ALLOWED = ("test_", "Xodbury")
# Names of functions, classes and modules.
NAMES = re.compile(
    r"(?:^|_)(?:says?|said|tells?|told|nobody|somebody|everybody|judge[sd]?|judging|dearest|walk)"
    r"(?:_|$)"
)
# `walk_forward` is the standard term; a contract's rule is named in stored rows.
KEPT_NAMES = {"walk_forward", "unmatched_says_why"}


def files(place: str) -> list[Path]:
    root = PROJECT_ROOT / place
    found = [root] if root.is_file() else sorted(root.rglob("*"))
    return [file for file in found if file.suffix in SUFFIXES or file == root]


def prose(file: Path) -> list[str]:
    """Lines of a text, or the comments and strings of a module."""
    if file.suffix != ".py":
        return file.read_text().splitlines()
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text()).readline)
    kinds = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)}
    return [line for token in tokens if token.type in kinds for line in token.string.splitlines()]


@pytest.mark.parametrize("place", DONE)
def test_no_house_words(place: str) -> None:
    found = [
        f"{file.relative_to(PROJECT_ROOT)}: {match[0]!r} in: {line.strip()}"
        for file in files(place)
        for line in prose(file)
        # Names in f-strings, such as {said}, are code.
        for match in PATTERN.finditer(re.sub(r"{[^{}]*}", "", line))
        if not any(text in line for text in ALLOWED)
    ]
    assert found == [], "see BANNED for the words to use"


def test_the_rule_finds_a_house_word(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""Nobody is told."""\nx = f"{told} is fine"  # said\n')
    lines = prose(module)
    assert [bool(PATTERN.search(line)) for line in lines] == [True, True, True]


def named(tree: ast.AST) -> list[str]:
    """Functions and classes that are declared outside of functions."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    outer = [node for node in ast.iter_child_nodes(tree) if isinstance(node, kinds)]
    inner = [name for node in outer if isinstance(node, ast.ClassDef) for name in named(node)]
    return [node.name for node in outer] + inner


def test_no_house_words_in_names() -> None:
    roots = ("benchmarks", "blocks", "flows", "tasks", "src")
    modules = [file for root in roots for file in (PROJECT_ROOT / root).rglob("*.py")]
    found = [
        f"{file.relative_to(PROJECT_ROOT)}: {name}"
        for file in modules
        for name in [file.stem, *named(ast.parse(file.read_text(encoding="utf-8")))]
        if NAMES.search(name) and name not in KEPT_NAMES
    ]
    assert found == []
