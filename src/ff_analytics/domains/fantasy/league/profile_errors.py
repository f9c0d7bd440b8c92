"""Say where a league profile is wrong: file, line, path, reason, closest valid name."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.slots import SLOTS
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError

_SHORT_LIST = 24


def _mappings(node: yaml.Node, path: str = "") -> Iterable[tuple[str, yaml.MappingNode]]:
    if isinstance(node, yaml.MappingNode):
        yield path, node
        for key, value in node.value:
            yield from _mappings(value, f"{path}.{key.value}".lstrip("."))


def refuse_duplicates(text: str, file: Path) -> None:
    """Raise `ConfigError` for a key written twice: YAML would silently keep the last one."""
    root = bounded_yaml.compose(text)
    for path, node in _mappings(root) if root else ():
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                where = f"{path}.{key.value}".lstrip(".")
                raise ConfigError(
                    f"{file}, line {key.start_mark.line + 1}: {where} is there twice; keep one."
                )
            seen.add(key.value)


def _line(text: str, path: list[Any]) -> int:
    """Line of the deepest key of `path` that the file has; 1 when it has none."""
    node = bounded_yaml.compose(text)
    line = 1
    for part in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(part)]
            if not found:
                break
            key, node = found[0]
            line = key.start_mark.line + 1
    return line


def _names_at(path: list[Any], model: type[BaseModel]) -> list[str]:
    """Names that may stand beside the last part of `path`."""
    if path[0] in ("slots", "scoring") and len(path) > 1:
        return list(SLOTS if path[0] == "slots" else CATEGORIES)
    if path[0] == "cap" and len(path) > 1:
        from ff_analytics.domains.fantasy.cap import (
            CapRules,
            CompensationStep,
            ProRatingBand,
            RookieStep,
        )

        deeper: dict[str, type[BaseModel]] = {
            "pro_rating": ProRatingBand,
            "rookie_scale": RookieStep,
            "compensation": CompensationStep,
        }
        model = deeper.get(str(path[1]), CapRules) if len(path) > 2 else CapRules
    return list(model.model_fields)


def _suggest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    close = close or difflib.get_close_matches(name.upper(), names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    if len(names) <= _SHORT_LIST:
        return f"valid are {', '.join(names)}."
    return "ff_analytics/domains/fantasy/league/scoring.py lists the valid names."


def _sentence(problem: ErrorDetails, path: list[Any], model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in path)
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{where} is not a field; {_suggest(str(path[-1]), _names_at(path, model))}"
    if problem["type"] == "missing":
        return f"{where} is missing."
    if not path:
        fields = ", ".join(model.model_fields)
        mapping = problem["type"] in ("model_type", "model_attributes_type")
        return f"a profile is a mapping of {fields}." if mapping else f"{reason}."
    if problem["loc"][-1] == "[key]" and problem["type"] == "value_error":
        return f"{where} {reason}; {_suggest(str(path[-1]), _names_at(path, model))}"
    value = problem["input"]
    shown = "" if isinstance(value, dict | list) else f" is {value!r}"
    return f"{where}{shown}: {reason}."


def explain(error: ValidationError, text: str, file: Path, model: type[BaseModel]) -> str:
    """One sentence for the first mistake, and how many more there are."""
    problems = error.errors()
    # A misspelt field is also a missing one; only the misspelling helps.
    first = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    path = [part for part in first["loc"] if part != "[key]"]
    more = f" (And {len(problems) - 1} more.)" if len(problems) > 1 else ""
    return f"{file}, line {_line(text, path)}: {_sentence(first, path, model)}{more}"
