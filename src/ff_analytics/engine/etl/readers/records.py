"""JSON records, one by one: the careful way, for small bodies and for blocks with odd rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ff_analytics.engine.base.bounds.limits import flaw
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.fetch import dig, parsed
from ff_analytics.engine.etl.readers.shape import ROW, Piece, Reject, Shape, enforce, learn, misfit

_USUAL = ("data", "items", "results", "records", "rows", "value")


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


def _objects(
    records: list[tuple[int, Any]],
) -> tuple[list[tuple[int, dict[str, Any]]], list[Reject]]:
    """The records that can be rows; the others with their reason."""
    objects: list[tuple[int, dict[str, Any]]] = []
    rejects = []
    for row, record in records:
        why = flaw(record) if isinstance(record, dict | list) else None
        if not why and isinstance(record, dict):
            objects.append((row, record))
            continue
        try:
            # Escaped, because what cannot be stored cannot be kept as it is either.
            raw = json.dumps(record)
        except RecursionError:
            raw = ""
        rejects.append(Reject(row, why or "not a JSON object", raw))
    return objects, rejects


def fit(records: list[tuple[int, Any]], shape: Shape) -> Piece:
    """Numbered records as a frame of the shape; what does not fit is set aside."""
    objects, rejects = _objects(records)
    learn([record for _, record in objects], shape)
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
    return _rows_of(parsed(path, where), records_path, where)


def pieces(path: Path, records_path: str, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """A document's rows as pieces."""
    rows = document(path, records_path, where)
    for start in range(0, len(rows), 50_000):
        some = rows[start : start + 50_000]
        yield fit(list(enumerate(some, first + start)), shape)
