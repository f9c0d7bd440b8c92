"""NDJSON in blocks of lines: parsed by Polars as long as every row fits, else row by row."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ff_analytics.engine.base.bounds.limits import MOST_DEPTH, shallow
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.prefetch import prefetch
from ff_analytics.engine.etl.columns.cell_types import moments
from ff_analytics.engine.etl.columns.kinds import EXACT
from ff_analytics.engine.etl.columns.shape import BASIC, ROW, Piece, Reject, Shape, enforce
from ff_analytics.engine.etl.readers.records import fit
from ff_analytics.engine.etl.readers.strict import TooDeep, parse

BLOCK = 8 << 20
LONGEST_LINE = 64 << 20
# A block that does not fit is halved down to this size before it is read row by row.
SMALL = 64 << 10
# Lines that give the first types; all lines together settle them.
SAMPLE = 1000
# A block that fell into more parts is odd throughout; the next one is not halved step by step.
MANY = 64
_CACHED = 128 << 10
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# Half of a surrogate pair without the other; an escaped backslash before it is handled later.
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


def _signs(block: bytes) -> tuple[int, int]:
    """How often `":` and `"` stand in the block; `bytes.count` takes three times as long."""
    signs = np.frombuffer(block, dtype=np.uint8)
    keys = quotes = 0
    # In pieces that fit the processor's cache, each with the first sign of the next.
    for start in range(0, len(signs), _CACHED):
        piece = signs[start : start + _CACHED + 1]
        marks = piece[:-1] == ord('"')
        quotes += int(np.count_nonzero(marks))
        keys += int(np.count_nonzero(marks & (piece[1:] == ord(":"))))
    return keys, quotes


def _as_it_stands(block: bytes, frame: pl.DataFrame, *, spaced: bool = False) -> bool:
    """True when the frame holds exactly what the block says.

    Counted instead of parsed again, which would cost three times the parse. A block of flat rows
    has one `":` for each value that is no null or is a null by name, and two `"` for each of
    these and for each text. Unknown keys, keys that come twice, numbers and objects in a column
    of text all change the sums; a text that looks like a key only makes the block read with care.
    """
    bare = block
    if b"\\" in bare:
        bare = bare.replace(b"\\\\", b"").replace(b'\\"', b"")
    if spaced:
        bare = bare.replace(b'" :', b'":')
    nulls = frame.null_count().sum_horizontal().item() if frame.width else 0
    explicit = bare.count(b'":null') + bare.count(b'": null') if nulls else 0
    keys, quotes = _signs(bare + b"\n")
    if keys != frame.height * frame.width - nulls + explicit:
        return not spaced and b'" :' in bare and _as_it_stands(block, frame, spaced=True)
    texts = sum(c.len() - c.null_count() for c in frame.iter_columns() if c.dtype == pl.String)
    return quotes == 2 * (keys + texts)


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


def _exact(frame: pl.DataFrame) -> bool:
    """False when a float may have been a whole number that floats do not hold."""
    return not any(
        (column.abs() > EXACT).any() for column in frame.iter_columns() if column.dtype.is_float()
    )


_CLASSES = {pl.Int64: "int", pl.Float64: "float", pl.Boolean: "bool", pl.String: "text"}
_TIMES: dict[pl.DataType, str] = {
    pl.Date(): "date",
    pl.Datetime("us"): "stamp",
    pl.Datetime("us", "UTC"): "zoned",
}


def _count(frame: pl.DataFrame, piece: Piece, shape: Shape) -> None:
    """Count the values of new columns, which were read as their first type."""
    for column in frame.iter_columns():
        if column.name == ROW or not shape.counts(column.name):
            continue
        kind, tally = shape.types[column.name], shape.tally(column.name)
        if column.dtype == pl.String and kind != pl.String and piece.rejects:
            moments(column, frame[ROW], tally.note)
            continue
        found = _CLASSES[column.dtype.base_type()] if kind in BASIC else _TIMES[kind]
        filled = column.len() - column.null_count()
        if found == "int" and filled:
            long = int((column.abs() > EXACT).sum())
            tally.note("long", long, int(frame[ROW][0]), str(column.max()))
            filled -= long
        if filled and found not in tally.examples:
            at = int(column.is_not_null().arg_max() or 0)
            tally.note(found, 0, 0, "")
            tally.examples[found] = (int(frame[ROW][at]), str(column[at])[:60])
        tally.counts[found] += filled


def _quickly(block: bytes, first: int, shape: Shape) -> Piece | None:
    if not _safe(block):
        return None
    try:
        frame = pl.read_ndjson(block, schema=shape.readable())
    except pl.exceptions.PolarsError:
        return None
    if not _exact(frame) or not _as_it_stands(block, frame):
        return None
    if shape.renames:
        frame = frame.rename(dict(shape.renames), strict=False)
    rows = pl.int_range(first, first + frame.height, eager=True).alias(ROW)
    frame = frame.insert_column(0, rows)
    piece = enforce(frame, shape)
    if not shape.final:
        _count(frame, piece, shape)
    return piece


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


def _sliced(block: bytes, first: int, shape: Shape) -> Iterator[Piece]:
    """The block in small parts: what is odd everywhere is not halved down to them each time."""
    while block:
        end = block.find(b"\n", SMALL) + 1 or len(block)
        part, block = block[:end], block[end:]
        for piece in _divided(part, first, shape):
            first += piece.records
            yield piece


def _begin(block: bytes, first: int, shape: Shape) -> None:
    """Give new columns a first type by the first rows, without counting these."""
    records, _ = _parsed(b"\n".join(block.split(b"\n", SAMPLE)[:SAMPLE]), first)
    scratch = Shape(types=dict(shape.types), stored=shape.stored, renames=shape.renames)
    fit(records, scratch)
    for name in scratch.added:
        shape.tally(name)
        shape.add(name, scratch.types[name])


def pieces(path: Path, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """The file's rows as pieces; memory is that of a block, whatever the file's length."""
    row, odd = first, False
    for block in prefetch(blocks(path, where), most=1):
        if row == first and not shape.types and not shape.final:
            _begin(block, row, shape)
        parts = 0
        for piece in (_sliced if odd else _divided)(block, row, shape):
            row += piece.records
            parts += 1
            yield piece
        odd = parts > MANY
