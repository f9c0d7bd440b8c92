"""JSON records, one by one: the careful way, for small bodies and for blocks with odd rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ff_analytics.engine.base.bounds.limits import flaw
from ff_analytics.engine.etl.columns.shape import ROW, Piece, Reject, Shape, reason
from ff_analytics.engine.etl.columns.values import series
from ff_analytics.engine.etl.readers.answer import rows_of
from ff_analytics.engine.etl.readers.strict import doubled_key

Numbered = list[tuple[int, dict[str, Any]]]


def _flaw(record: Any) -> str | None:
    if not isinstance(record, dict | list):
        return "not a JSON object"
    if why := flaw(record):
        return why
    if (key := doubled_key(record)) is not None:
        return f"the key {key!r} twice"
    return None if isinstance(record, dict) else "not a JSON object"


def _objects(records: list[tuple[int, Any]], shape: Shape) -> tuple[Numbered, list[Reject]]:
    """The records that can be rows; the others with their reason."""
    objects: Numbered = []
    rejects = []
    for row, record in records:
        why = _flaw(record)
        if why is None:
            named = {shape.named(n): v for n, v in record.items()} if shape.renames else record
            objects.append((row, named))
            continue
        try:
            # Escaped, because what cannot be stored cannot be kept as it is either.
            raw = json.dumps(record)
        except RecursionError:
            raw = ""
        rejects.append(Reject(row, why, raw))
    return objects, rejects


def _learn(objects: Numbered, shape: Shape) -> None:
    """Count the values of new columns, and give those that come up a first type."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for row, record in objects:
        for name, value in record.items():
            if value is not None and shape.counts(name):
                found.setdefault(name, []).append((row, value))
    for name, values in found.items():
        shape.tally(name).add_values(values)
        shape.learn(name)


def fit(records: list[tuple[int, Any]], shape: Shape) -> Piece:
    """Numbered records as a frame of the shape; what does not fit is quarantined."""
    objects, rejects = _objects(records, shape)
    _learn(objects, shape)
    given = {name for _, record in objects for name, value in record.items() if value is not None}
    columns = [pl.Series(ROW, [row for row, _ in objects], pl.Int64)]
    reasons: dict[int, list[str]] = {}
    for name, kind in shape.types.items():
        if name not in given:
            continue
        column, lost = series(name, [record.get(name) for _, record in objects], kind)
        columns.append(column)
        for at in lost.arg_true():
            reasons.setdefault(at, []).append(reason(name, objects[at][1][name], kind))
    for at, why in sorted(reasons.items()):
        row, record = objects[at]
        rejects.append(Reject(row, "; ".join(why), json.dumps(record, ensure_ascii=False)))
    frame = pl.DataFrame(columns)
    if reasons:
        keep = [at for at in range(frame.height) if at not in reasons]
        frame = frame[keep]
    return Piece(frame, tuple(rejects))


def pieces(
    path: Path, records_path: str, where: str, first: int, shape: Shape, *, paged: bool = False
) -> Iterator[Piece]:
    """A document's rows as pieces."""
    rows = rows_of(path, records_path, where, paged=paged)
    for start in range(0, len(rows), 50_000):
        some = rows[start : start + 50_000]
        yield fit(list(enumerate(some, first + start)), shape)
