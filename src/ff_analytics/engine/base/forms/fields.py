"""Marks on parameter fields: part of the run's name, advanced, or with a list of choices."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from ff_analytics.engine.base.forms.spans import Spans

_LONGEST_NAME = 100


class Mark(StrEnum):
    """Used in the `Annotated[...]` of a field."""

    # Its value names the run, as in `valuation my_league 2025`. First in the form.
    NAMES_RUN = "names-run"
    # Rarely needed: last in the form.
    ADVANCED = "advanced"


@dataclass(frozen=True)
class OneOf:
    """A text that is usually one of `choices`; the form shows them as a list.

    Other texts remain possible: the choices change more often than the deployment, whose form is
    a copy made by `prefect deploy`. The model's own validator rejects invalid ones.
    """

    choices: Callable[[], list[str]]

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        known = self.choices()
        plain = handler(core)
        if not known:
            return plain
        listed = {"type": "string", "enum": known, "title": "one of the list"}
        return {"anyOf": [listed, {**plain, "title": "another name"}]}


def in_order(fields: dict[str, FieldInfo]) -> list[tuple[str, FieldInfo]]:
    """Fields as the form shows them: what names the run, then the usual ones, then advanced."""

    def rank(field: FieldInfo) -> int:
        if Mark.NAMES_RUN in field.metadata:
            return 0
        return 2 if Mark.ADVANCED in field.metadata else 1

    return sorted(fields.items(), key=lambda pair: rank(pair[1]))


def annotation(field: FieldInfo) -> Any:
    """The field's type with what changes its schema in the form."""
    kind: Any = field.annotation
    for mark in field.metadata:
        if isinstance(mark, OneOf | Spans):
            kind = Annotated[kind, mark]
    return kind


def _years(values: list[int]) -> Iterator[str]:
    """`2015-2019, 2023` for the sorted numbers."""
    first = last = values[0]
    for value in [*values[1:], None]:
        if value is not None and value == last + 1:
            last = value
            continue
        yield str(first) if first == last else f"{first}-{last}"
        if value is not None:
            first = last = value


def _words(value: Any) -> str:
    if isinstance(value, list | tuple | set):
        items = list(value)
        if items and all(isinstance(item, int) for item in items):
            return ", ".join(_years(sorted(set(items))))
        return ", ".join(map(_words, items))
    return value.isoformat() if isinstance(value, date) else str(value)


def run_name(first: str, named: Iterable[Any], day: date) -> str:
    """`first` and the given values; the day if there are none."""
    words = [_words(value) for value in named if value not in (None, "", [], ())]
    name = " ".join([first, *(words or [day.isoformat()])])
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def naming_values(given: BaseModel) -> list[Any]:
    """Values of the fields that name a run, in the order of the form."""
    fields = in_order(type(given).model_fields)
    return [getattr(given, name) for name, f in fields if Mark.NAMES_RUN in f.metadata]
