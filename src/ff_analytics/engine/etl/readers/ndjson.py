"""NDJSON in blocks of lines: parsed by Polars as long as every row fits, else row by row."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ff_analytics.engine.base.bounds.limits import MOST_DEPTH, flaw, shallow
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.prefetch import ahead
from ff_analytics.engine.etl.readers.records import fit
from ff_analytics.engine.etl.readers.shape import ROW, Piece, Reject, Shape, enforce, learn
from ff_analytics.engine.etl.readers.strict import TooDeep, parse

BLOCK = 8 << 20
LONGEST_LINE = 64 << 20
# A block that does not fit is halved down to this size before it is read row by row.
SMALL = 64 << 10
# Lines that decide the first types; a later fraction still widens, a later column still comes.
SAMPLE = 1000
_CACHED = 128 << 10
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# Half of a surrogate pair without the other; an escaped backslash before it is judged later.
_LONE = re.compile(_HIGH + b"(?!" + _LOW + b")|(?<!" + rb"\\u[dD][89abAB]..)" + _LOW)


def blocks(path: Path, where: str, size: int = BLOCK) -> Iterator[bytes]:
    """The file in whole lines, about `size` bytes at a time."""
    with path.open("rb") as file:
        rest = file.read(3).removeprefix(b"\xef\xbb\xbf")
        while block := file.read(size):
            block = rest + block
            end = block.rfind(b"\n") + 1
            rest = block[end:]
            if len(rest) > LONGEST_LINE:
                raise SourceError(f"{where}: a line is longer than {LONGEST_LINE >> 20} MB.")
            if end:
                yield block[:end]
        if rest.strip():
            yield rest


def _parsed(block: bytes, first: int) -> tuple[list[tuple[int, Any]], list[Reject]]:
    records: list[tuple[int, Any]] = []
    rejects: list[Reject] = []
    row = first
    for line in block.split(b"\n"):
        if not line.strip():
            continue
        try:
            records.append((row, parse(line)))
        except ValueError as error:
            why = str(error) if isinstance(error, TooDeep) else "not JSON"
            rejects.append(Reject(row, why, line.decode(errors="replace")[:2000]))
        row += 1
    return records, rejects


def _carefully(block: bytes, first: int, shape: Shape) -> Piece:
    records, rejects = _parsed(block, first)
    piece = fit(records, shape)
    return Piece(piece.frame, (*rejects, *piece.rejects))


def _unknown(block: bytes, frame: pl.DataFrame) -> bool:
    """True when some row may have a key that the frame has no column for.

    Counted instead of parsed, which would cost three times the parse: every key brings one
    `":`, and keys that are not there, or null, are the frame's nulls.
    """
    nulls = frame.null_count().sum_horizontal().item() if frame.width else 0
    explicit = block.count(b":null") + block.count(b": null") if nulls else 0
    present = frame.height * frame.width - (nulls - explicit)
    return _keys(block) != present


def _keys(block: bytes) -> int:
    """How often `":` stands in the block; `bytes.count` takes three times as long."""
    signs = np.frombuffer(block, dtype=np.uint8)
    found = 0
    # In pieces that fit the processor's cache, each with the first sign of the next.
    for start in range(0, len(signs), _CACHED):
        piece = signs[start : start + _CACHED + 1]
        found += int(np.count_nonzero((piece[:-1] == ord('"')) & (piece[1:] == ord(":"))))
    return found


def _names_known(block: bytes, shape: Shape) -> bool:
    """True when every key of the block is a column; asked in small parts, so that a block of
    nothing but new keys does not become a table of as many columns."""
    while block:
        end = block.find(b"\n", SMALL) + 1 or len(block)
        part, block = block[:end], block[end:]
        try:
            names = pl.read_ndjson(part, infer_schema_length=None).columns if part.strip() else []
        except pl.exceptions.PolarsError:
            return False
        if not set(names) <= set(shape.types):
            return False
    return True


def _odd_escapes(block: bytes, signs: "np.ndarray[Any, np.dtype[np.uint8]]") -> bool:
    """True when the block escapes a NUL or half of a surrogate pair, or may do so."""
    at = np.flatnonzero(signs == ord("\\"))
    at = at[at < len(signs) - 5]
    at = at[signs[at + 1] == ord("u")]
    if (signs[at[:, None] + np.arange(2, 6)] == ord("0")).all(axis=1).any():
        return True
    # Polars reads half of a pair as another character.
    pairs = ((signs[at + 2] | 0x20) == ord("d")).any()
    return bool(pairs) and _LONE.search(block) is not None


def _safe(block: bytes) -> bool:
    """True when no row of the block is nested too deep or holds a NUL or half of a pair.

    A reader crashes on the one, and the lake refuses the whole load for the other. Counted by
    columns of bytes: searching for words takes ten times as long.
    """
    signs = np.frombuffer(block, dtype=np.uint8)
    if b"\0" in block or (b"\\" in block and _odd_escapes(block, signs)):
        return False
    opened = sum(int(np.count_nonzero(signs == ord(sign))) for sign in "{[")
    lines = int(np.count_nonzero(signs == ord("\n")))
    return opened - lines < MOST_DEPTH or shallow(block, lines=True)


def _quickly(block: bytes, first: int, shape: Shape) -> Piece | None:
    if not _safe(block):
        return None
    try:
        frame = pl.read_ndjson(block, schema=shape.readable())
    except pl.exceptions.PolarsError:
        return None
    if _unknown(block, frame) and not _names_known(block, shape):
        return None
    # A stored column that the source never has stays out: it is not delivered as null.
    shape.seen |= {c.name for c in frame.iter_columns() if c.null_count() < frame.height}
    rows = pl.int_range(first, first + frame.height, eager=True).alias(ROW)
    return enforce(frame.insert_column(0, rows), shape)


def _divided(block: bytes, first: int, shape: Shape) -> Iterator[Piece]:
    """One piece if all goes well; else halves, so that an odd row slows few others down."""
    piece = _quickly(block, first, shape) if shape.types else None
    middle = block.find(b"\n", len(block) // 2) + 1
    if piece is None and len(block) > SMALL and 0 < middle < len(block):
        for half in (block[:middle], block[middle:]):
            for piece in _divided(half, first, shape):
                first += piece.records
                yield piece
        return
    yield piece or _carefully(block, first, shape)


def pieces(path: Path, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """The file's rows as pieces; memory is that of a block, whatever the file's length."""
    row = first
    for block in ahead(blocks(path, where), most=1):
        if row == first and not shape.types:
            head = b"\n".join(block.split(b"\n", SAMPLE)[:SAMPLE])
            records, _ = _parsed(head, row)
            learn([r for _, r in records if isinstance(r, dict) and not flaw(r)], shape)
        for piece in _divided(block, row, shape):
            row += piece.records
            yield piece
