"""Say where a league profile is wrong: file, line, path, reason, closest valid name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.slots import SLOTS
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import Path as Place
from ff_analytics.engine.base.forms.problems import problems


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


def _keys(path: Place) -> list[str]:
    """Accepted keys of the mappings of a profile."""
    return list(SLOTS if path == ("slots",) else CATEGORIES if path == ("scoring",) else ())


def explain(
    error: ValidationError, data: Any, text: str, file: Path, model: type[BaseModel]
) -> str:
    """One line per mistake, with the line of the file."""
    return "\n".join(
        f"{file}, line {_line(text, list(path))}: {sentence}"
        for path, sentence in problems(error, data, model=model, keys=_keys)
    )
