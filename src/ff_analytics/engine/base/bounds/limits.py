"""Bounds on what others send: unpacked size, depth, width, and text that cannot be stored."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from ff_analytics.engine.base.errors import PublishError, SourceError

# Real documents nest to about ten levels; deeper ones are built to break a reader.
MOST_DEPTH = 64
# The widest table of the nflverse has 372 columns.
MOST_COLUMNS = 2_000

_NOT_STRUCTURE = bytes(sign for sign in range(256) if sign not in b'[]{}"\n')
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TEXT = re.compile(rb'"[\[\]]*"')


def too_large(where: str, megabytes: int, setting: str) -> SourceError:
    """The error for a body that unpacks to more than a setting allows."""
    return SourceError(
        f"{where} is too large: unpacked it has more than {megabytes:,} MB ({setting}). "
        f"Nothing was loaded from it. If that size is right, raise {setting}."
    )


def disk_error(file: Path, error: OSError) -> PublishError:
    """The error for a file that could not be written, from the error of the operating system."""
    return PublishError(
        f"{file} could not be written ({error.strerror or error}). "
        "Free space, or set FF_DATA_DIR to another disk."
    )


def copy_bounded(
    chunks: Iterable[bytes], out: BinaryIO, file: Path, where: str, megabytes: int
) -> None:
    """Write the chunks to `out`, which is `file`.

    Raises `SourceError` past FF_UNPACKED_LIMIT_MB, `PublishError` when the disk is full.
    """
    written = 0
    for chunk in chunks:
        written += len(chunk)
        if written > megabytes << 20:
            raise too_large(where, megabytes, "FF_UNPACKED_LIMIT_MB")
        try:
            out.write(chunk)
        except OSError as error:
            raise disk_error(file, error) from None


def shallow(content: bytes, *, lines: bool = False) -> bool:
    """True when JSON nests to at most `MOST_DEPTH` levels; with `lines`, each line separately.

    Invalid JSON may give False. All but brackets is removed, then closed pairs, one level at a
    time, so the cost is that of a few scans.
    """
    bare = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    bare = bare.translate(_ONE_KIND, _NOT_STRUCTURE if lines else _NOT_STRUCTURE + b"\n")
    bare = _TEXT.sub(b"", bare.replace(b'""', b""))
    for _ in range(MOST_DEPTH):
        if not bare.strip(b"\n"):
            return True
        bare = bare.replace(b"[]", b"")
    return not bare.strip(b"\n")


def unstorable(text: str) -> str | None:
    """Why a text cannot be stored; None when it can."""
    if "\0" in text:
        return "a NUL character"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a lone surrogate"
    return None


def storable(text: str) -> str:
    """The text; one with a lone surrogate is spelt out and marked with a NUL at its end.

    `ingest.land` sets rows with a NUL aside, so that the row goes and not the load.
    """
    if unstorable(text) != "a lone surrogate":
        return text
    return text.encode(errors="backslashreplace").decode() + "\0"


def marked(value: Any) -> Any:
    """A JSON value with every text `storable`."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [marked(part) for part in value]
    if isinstance(value, dict):
        return {storable(name): marked(part) for name, part in value.items()}
    return value


def flaw(value: Any, depth: int = MOST_DEPTH) -> str | None:
    """Why a JSON value cannot be a row or a part of one; None when it can."""
    if isinstance(value, str):
        return unstorable(value)
    if not isinstance(value, dict | list):
        return None
    if depth <= 0:
        return f"nested deeper than {MOST_DEPTH} levels"
    if isinstance(value, dict) and len(value) > MOST_COLUMNS:
        return f"more than {MOST_COLUMNS:,} fields"
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((found for part in parts if (found := flaw(part, depth - 1))), None)


def refuse_wide(where: str, columns: int) -> None:
    """Raise `SourceError` for a table of more than `MOST_COLUMNS` columns."""
    if columns > MOST_COLUMNS:
        raise SourceError(
            f"{where} has {columns:,} columns; at most {MOST_COLUMNS:,} are read. "
            "Ask the source for fewer, or for rows instead of columns."
        )
