"""YAML that people write, read with bounds on its size, depth, and aliases."""

from pathlib import Path
from typing import Any

import yaml

# An alias repeats what it names; each level of them multiplies the work of reading on.
MOST_ALIASES = 20
MOST_DEPTH = 32
LARGEST = 1 << 20


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader; it raises `YAMLError` beyond the bounds."""

    depth = 0
    aliases = 0

    def __init__(self, stream: str) -> None:
        if len(stream) > LARGEST:
            raise yaml.YAMLError(f"the file is larger than {LARGEST >> 20} MB")
        super().__init__(stream)
        self.open: set[str] = set()

    def _refuse(self, problem: str) -> None:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.peek_event().start_mark)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node, counting."""
        event = self.peek_event()
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                self._refuse(f"more than {MOST_ALIASES} aliases (*name)")
            if anchor in self.open:
                self._refuse(f"the alias *{anchor} refers to a node that contains it")
            return super().compose_node(parent, index)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self._refuse(f"nested deeper than {MOST_DEPTH} levels")
        if anchor:
            self.open.add(anchor)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1
            self.open.discard(anchor or "")


def load(text: str) -> Any:
    """The value of a document. Raises `yaml.YAMLError`, also beyond the bounds."""
    loader = Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def compose(text: str) -> yaml.Node | None:
    """The nodes of a document, with their places."""
    loader = Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def explain(error: yaml.YAMLError, file: Path) -> str:
    """Where the file is wrong and why, without its text."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    what = problem or (str(error) if type(error) is yaml.YAMLError else type(error).__name__)
    line = f", line {mark.line + 1}" if mark else ""
    return f"{file}{line}: not valid YAML: {what}."
