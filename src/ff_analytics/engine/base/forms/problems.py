"""Sentences about values that a Pydantic model refuses: place, value, what is accepted."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import secret_shape

Path = tuple[str | int, ...]
# Names that are accepted at a path, for suggestions.
Names = Callable[[Path], Sequence[str]]
M = TypeVar("M", bound=BaseModel)

_LONGEST_VALUE, _MOST_NAMES = 60, 24
# Beginning of Pydantic's error type -> what is accepted. Others have Pydantic's own words.
_ACCEPTED = {
    "int_": "a whole number",
    "float_": "a number",
    "decimal_": "a number",
    "finite_number": "a finite number",
    "bool_": "true or false",
    "string_type": "a text",
    "string_sub_type": "a text",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the pattern {pattern}",
    "date_": "a date such as 2026-09-01",
    "datetime_": "a timestamp such as 2026-09-01T06:00:00Z",
    "timezone_": "a timestamp with a timezone",
    "time_": "a time such as 06:00",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "iterable_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} or fewer entries",
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "none_required": "empty",
}


def _place(loc: Path, data: Any, kind: str) -> Path:
    """The keys and positions in `loc`, without the names that Pydantic gives members of a union."""
    found: list[str | int] = []
    for number, part in enumerate(loc):
        is_key = isinstance(data, Mapping) and part in data
        is_item = isinstance(data, Sequence) and not isinstance(data, str) and part != ""
        if is_key or (is_item and isinstance(part, int) and part < len(data)):
            found.append(part)
            data = data[part]
        elif number == len(loc) - 1 and kind == "missing":
            found.append(part)
    return tuple(found)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _fields(model: type[BaseModel] | None, path: Path) -> list[str]:
    """Fields of the model that stands at `path` below `model`."""
    for part in path:
        field = model.model_fields.get(str(part)) if model and isinstance(part, str) else None
        if field is not None:
            model = next(_models(field.annotation), None)
        elif isinstance(part, str):
            model = None
    return list(model.model_fields) if model else []


def suggestion(name: str, names: Sequence[str]) -> str:
    """`did you mean season?`, or the list of names, or nothing."""
    lower = {known.lower(): known for known in names}
    if close := difflib.get_close_matches(name.lower(), lower, n=1):
        return f"did you mean {lower[close[0]]}?"
    if not names:
        return "remove it."
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"there are {', '.join(names[:_MOST_NAMES])}{more}."


def shown(value: Any) -> str:
    """A short value as text; nothing for long ones, containers and what may be a secret."""
    if isinstance(value, Mapping | list | tuple | set | bytes | BaseModel):
        return ""
    if isinstance(value, str) and ("://" in value or secret_shape(value)):
        return ""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_VALUE else ""


def _accepted(problem: ErrorDetails, names: list[str]) -> str | None:
    """What the place accepts; None when the model's own validator wrote the message."""
    kind, values = problem["type"], problem.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return None
    if kind.startswith(("model_", "dataclass_")):
        return f"a mapping of {', '.join(names)}" if names else "a mapping"
    # The longest beginning that fits: `datetime_` before `date_`.
    fitting = [start for start in _ACCEPTED if kind.startswith(start)]
    if fitting:
        return _ACCEPTED[max(fitting, key=len)].format(**values)
    return problem["msg"].removeprefix("Input should be ").removeprefix("a valid ")


def _sentence(place: str, many: list[ErrorDetails], names: list[str], value: str) -> str:
    """One sentence for the problems of one place: several are the members of a union."""
    own = next((p for p in many if _accepted(p, names) is None), None)
    if own:
        reason = own["msg"].partition("error, ")[2] or own["msg"]
        bare = value.strip("'\"")
        value = "" if bare in reason else f" is {value}"
        text = f"{place}{value}: {reason}" if place else reason
    else:
        accepted = " or ".join(dict.fromkeys(str(_accepted(p, names)) for p in many))
        if many[0]["type"] in ("too_short", "too_long"):
            text = f"{place or 'it'} must contain {accepted}"
        elif place:
            text = (
                f"{place} is {value}; it must be {accepted}"
                if value
                else (f"{place} must be {accepted}")
            )
        else:
            text = f"it must be {accepted}"
    return text if text.endswith((".", "?", "!")) else f"{text}."


def problems(
    error: ValidationError,
    data: Any = None,
    *,
    model: type[BaseModel] | None = None,
    keys: Names = lambda path: (),
    name: Callable[[str], str] = str,
    values: bool = True,
) -> list[tuple[Path, str]]:
    """Place and sentence of everything that is wrong, unknown names first.

    `data` is what was validated; `keys` are the accepted keys of a mapping; `name` turns a dotted
    place into what the reader knows it by; `values=False` shows no value.
    """
    at: dict[Path, list[ErrorDetails]] = {}
    for problem in error.errors(include_url=False):
        found = problem["loc"] if data is None else _place(problem["loc"], data, problem["type"])
        at.setdefault(tuple(found), []).append(problem)
    unknown, missing, wrong = [], [], []
    meant = set()
    for path, many in at.items():
        kind, place = many[0]["type"], name(".".join(str(part) for part in path))
        if kind == "extra_forbidden":
            advice = suggestion(str(path[-1]), _fields(model, path[:-1]))
            meant.add((*path[:-1], advice.removeprefix("did you mean ").rstrip("?")))
            unknown.append((path, f"{place} is unknown; {advice}"))
        elif kind == "missing":
            missing.append((path, f"{place} is missing."))
        elif many[0]["loc"][-1:] == ("[key]",) and (known := keys(path[:-1])):
            reason = many[0]["msg"].partition("error, ")[2]
            unknown.append((path, f"{place} {reason}; {suggestion(str(path[-1]), known)}"))
        # A member of a union that was entered says more than one that was not.
        elif not any(len(other) > len(path) and other[: len(path)] == path for other in at):
            value = shown(many[0]["input"]) if values else ""
            wrong.append((path, _sentence(place, many, _fields(model, path), value)))
    # A misspelt name is a missing one, too; only the misspelling helps.
    missing = [problem for problem in missing if problem[0] not in meant]
    return unknown + missing + wrong


def explain(error: ValidationError, data: Any = None, what: str = "", **options: Any) -> str:
    """One line per problem, each after `what`; for the options see `problems`."""
    lines = [text for _, text in problems(error, data, **options)]
    return "\n".join(f"{what}: {line}" if what else line for line in lines)


def checked(model: type[M], data: Any, what: str = "", **options: Any) -> M:
    """`data` as the model; `ConfigError` lists all that is wrong, one line each."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(explain(error, data, what, model=model, **options)) from None
