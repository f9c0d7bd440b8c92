"""JSON records, one by one: the careful way, for small bodies and for blocks with odd rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.fetch import dig
from ff_analytics.engine.etl.readers.shape import ROW, Piece, Reject, Shape, enforce, learn, misfit

# A JSON document is parsed whole; NDJSON or pages have no such limit.
LARGEST_DOCUMENT = 64 << 20
_USUAL = ("data", "items", "results", "records", "rows", "value")


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def parse(text: bytes | str) -> Any:
    """Strict JSON: NaN and Infinity are refused. Raises ValueError."""
    try:
        return json.loads(text, parse_constant=_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _value(value: Any, kind: pl.DataType) -> Any:
    if value is None or not isinstance(value, dict | list):
        if kind == pl.Int64:
            return None if value is None else int(value)
        if kind == pl.Float64:
            return None if value is None else float(value)
        if kind == pl.Boolean or value is None or isinstance(value, str):
            return value
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def fit(records: list[tuple[int, Any]], shape: Shape) -> Piece:
    """Numbered records as a frame of the shape; what does not fit is set aside."""
    objects = [(row, record) for row, record in records if isinstance(record, dict)]
    learn([record for _, record in objects], shape)
    rejects = [
        Reject(row, "not a JSON object", json.dumps(record))
        for row, record in records
        if not isinstance(record, dict)
    ]
    good = []
    for row, record in objects:
        wrong = [n for n, v in record.items() if n in shape.types and misfit(v, shape.types[n])]
        if wrong:
            why = "; ".join(f"{n}: not {shape.types[n]}" for n in wrong)
            rejects.append(Reject(row, why, json.dumps(record, ensure_ascii=False)))
        else:
            good.append((row, record))
    kinds = shape.readable()
    present = {name for _, record in good for name in record} & set(kinds)
    columns = {
        name: pl.Series(name, [_value(r.get(name), kinds[name]) for _, r in good], kinds[name])
        for name in kinds
        if name in present
    }
    frame = pl.DataFrame({ROW: pl.Series(ROW, [row for row, _ in good], pl.Int64), **columns})
    shape.seen |= present
    enforced = enforce(frame, shape)
    return Piece(enforced.frame, (*rejects, *enforced.rejects))


def _rows_of(body: Any, path: str, where: str) -> list[Any]:
    if path:
        body = dig(body, path)
        if not isinstance(body, list):
            raise SourceError(f"{where}: there is no list at records_path {path!r}.")
        return body
    if isinstance(body, list):
        return body
    lists = [n for n, v in body.items() if isinstance(v, list)] if isinstance(body, dict) else []
    named = [name for name in _USUAL if name in lists] or lists
    if len(named) == 1 or (named and named[0] in _USUAL):
        return list(body[named[0]])
    raise SourceError(
        f"{where}: which list holds the rows? Found {', '.join(lists) or 'none'}. Set records_path."
    )


def document(path: Path, records_path: str, where: str) -> list[Any]:
    """The rows of a JSON document. Raises `SourceError` for a body that is none, or cut off."""
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise SourceError(
            f"{where}: a JSON document of {path.stat().st_size / 1e6:,.0f} MB cannot be streamed "
            f"(at most {LARGEST_DOCUMENT >> 20} MB). Ask the source for NDJSON, or for pages."
        )
    try:
        return _rows_of(parse(path.read_bytes().removeprefix(b"\xef\xbb\xbf")), records_path, where)
    except ValueError as error:
        raise SourceError(f"{where} is no whole JSON document ({error}).") from None


def pieces(path: Path, records_path: str, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """A document's rows as pieces."""
    rows = document(path, records_path, where)
    for start in range(0, len(rows), 50_000):
        some = rows[start : start + 50_000]
        yield fit(list(enumerate(some, first + start)), shape)
