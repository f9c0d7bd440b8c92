"""Rows per second of a frame contract, against Pydantic row by row on the same frame."""

from collections.abc import Callable
from typing import Annotated, Any

import dataframely as dy
import polars as pl
from pydantic import BaseModel, Field, TypeAdapter, create_model

from benchmarks.model import Options, Result, Table, at_least, seconds_of
from benchmarks.players import WEEKS, player_weeks
from ff_analytics.domains.fantasy.sources.nflverse.contract import PlayerWeek

_PLAYERS = 2_000


def pydantic_model(schema: type[dy.Schema]) -> type[BaseModel]:
    """The same types, nullability and ranges, as one would write them by hand."""
    kinds: dict[type[dy.Column], type] = {dy.String: str, dy.Int32: int, dy.Float64: float}
    fields: dict[str, Any] = {}
    for name, column in schema.columns().items():
        kind: Any = kinds[type(column)]
        limits = {
            "ge": getattr(column, "min", None),
            "le": getattr(column, "max", None),
            "min_length": getattr(column, "min_length", None),
        }
        kind = Annotated[kind, Field(**{k: v for k, v in limits.items() if v is not None})]
        # A leading underscore is private to Pydantic; the key in the row stays the same.
        field = Field(None if column.nullable else ..., alias=name)
        fields[name.lstrip("_")] = (kind | None if column.nullable else kind, field)
    return create_model("Row", **fields)


def run(options: Options) -> Result:
    """Both validate valid rows: the usual case, and the most expensive one for both."""
    large = player_weeks(2 if options.quick else 10, _PLAYERS)
    small = large.head(WEEKS * _PLAYERS)
    repeats = 3 if options.quick else 5
    model = pydantic_model(PlayerWeek)
    adapter = TypeAdapter(list[model])  # type: ignore[valid-type]

    def row_by_row(frame: pl.DataFrame = small) -> None:
        for row in frame.iter_rows(named=True):
            model.model_validate(row)

    measured: list[tuple[str, pl.DataFrame, Callable[[], object]]] = [
        ("dataframely, types, ranges and key", large, lambda: PlayerWeek.validate(large)),
        ("dataframely, bad rows quarantined", large, lambda: PlayerWeek.filter(large)),
        ("Pydantic, row by row (no key check)", small, row_by_row),
        (
            "Pydantic, one list at once (no key check)",
            small,
            lambda: adapter.validate_python(small.to_dicts()),
        ),
    ]
    speed = [(name, f.height, f.height / seconds_of(work, repeats)) for name, f, work in measured]
    by_row = speed[2][2]
    return Result(
        name="contract",
        title=f"contract of player weeks, {large.width} columns",
        tables=[
            Table(
                title=f"Valid rows checked per second, median of {repeats}",
                columns=("way", "rows", "rows/s", "x row by row"),
                rows=[(name, rows, round(rate), rate / by_row) for name, rows, rate in speed],
            )
        ],
        aims=[at_least("dataframely against Pydantic row by row", speed[0][2] / by_row, 20, "x")],
    )
