"""Prose is plain technical English: docs, docstrings, comments and messages avoid these words.

Only folders in `DONE` are checked; add one when its prose has been rewritten.
"""

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
DONE = ["README.md", "CONTRIBUTING.md", "docs", "benchmarks", "blocks", "flows", "tasks", "src"]
# Text of others that must stay as it is.
ALLOWED = ("test_", "if `judged`", "Xodbury")


def files(place: str) -> list[Path]:
    root = PROJECT_ROOT / place
    return [root] if root.is_file() else sorted([*root.rglob("*.py"), *root.rglob("*.md")])


def prose(file: Path) -> list[str]:
    """Lines of a document, or the comments and strings of a module."""
    if file.suffix == ".md":
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
