"""The context of `docker build`: the files of a folder that its .dockerignore includes."""

import os
import re
from collections.abc import Iterator
from pathlib import Path


def _pattern(text: str) -> re.Pattern[str]:
    """A line of .dockerignore as an expression; it also matches files below a folder."""
    parts = re.split(r"(\*\*/|\*|\?|\[[^]]*\])", text.strip().rstrip("/"))
    meaning = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    words = [meaning.get(p, p if p.startswith("[") else re.escape(p)) for p in parts]
    return re.compile("".join(words) + "(?:/.*)?")


def rules(text: str) -> list[tuple[bool, re.Pattern[str]]]:
    """Each line as (included, pattern), in order; the last match decides."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    return [(line.startswith("!"), _pattern(line.removeprefix("!"))) for line in lines]


def let_in(path: str, known: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """Whether a file of this path, relative to the context, reaches the build."""
    verdict = True
    for lets_in, pattern in known:
        if pattern.fullmatch(path):
            verdict = lets_in
    return verdict


def files(root: Path) -> Iterator[Path]:
    """Paths of the build context, relative to `root`."""
    known = rules((root / ".dockerignore").read_text())
    for name in sorted(os.listdir(root)):  # noqa: PTH208
        top = root / name
        # An excluded top folder, such as .venv, is not scanned: nothing below is included again.
        if top.is_dir() and let_in(name, known):
            found = (file.relative_to(root) for file in sorted(top.rglob("*")) if file.is_file())
            yield from (path for path in found if let_in(path.as_posix(), known))
        elif top.is_file() and let_in(name, known):
            yield Path(name)
