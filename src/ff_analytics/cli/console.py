"""What commands print, how they ask, and where they were called from."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.local.readable import json_text


class UsageError(ConfigError):
    """A command, name or option that does not exist; exit code 2."""

    kind = "usage"


class Place:
    """The folder in which the command was typed; commands themselves run in the project's."""

    called_from: ClassVar[Path] = Path()


def typed_path(text: str | Path) -> Path:
    """A path as it was typed, from the folder in which it was typed."""
    return Place.called_from / Path(text).expanduser()


def out(line: str = "") -> None:
    """A line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """A line about the progress; the result stays clean for a pipe."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def print_json(value: Any) -> None:
    """One JSON document."""
    out(json_text(json.dumps(value, indent=1, default=str, ensure_ascii=False)))


def width() -> int:
    """Columns of the terminal; of a pipe, as many as a report in a file may have."""
    return shutil.get_terminal_size((140, 40)).columns


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Texts as aligned columns, one line a row."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def listed(rows: Sequence[Mapping[str, Any]], as_json: bool) -> int:
    """Rows as JSON, or as aligned columns; 0, so that a command can return it."""
    if as_json:
        print_json([dict(row) for row in rows])
        return 0
    texts = [["" if value is None else str(value) for value in row.values()] for row in rows]
    for line in fitted(texts):
        out(line)
    return 0


def fitted(rows: Sequence[Sequence[str]]) -> list[str]:
    """As `columns`; in a terminal that is too narrow the last column goes on below itself."""
    lines = columns(rows)
    limit = width()
    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    if not told or max(map(len, lines), default=0) <= limit:
        return lines
    start = columns([row[:-1] for row in rows])
    indent = max(map(len, start), default=0) + 2
    beside = limit - indent >= 30
    found: list[str] = []
    for first, row in zip(start, rows, strict=True):
        wide = textwrap.wrap(row[-1], limit - indent if beside else max(limit - 2, 20)) or [""]
        if beside:
            found.append(f"{first.ljust(indent)}{wide[0]}".rstrip())
            found += [" " * indent + line for line in wide[1:]]
        else:
            found += [first, *(f"  {line}" for line in wide)]
    return found


def agreed(question: str, *, yes: bool) -> bool:
    """Whether to go on: `--yes`, or the answer in a terminal."""
    if yes:
        return True
    if not sys.stdin.isatty():
        note("Nothing done: without a terminal, --yes is needed. --dry-run shows what it would do.")
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def stdout_to_nowhere() -> None:
    """After `ff … | head`: Python would complain again at its own end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
