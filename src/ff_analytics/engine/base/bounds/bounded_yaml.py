"""YAML that people write, read with bounds on its size, depth, and aliases."""

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
                self._refuse(f"the alias *{anchor} lies within what it names")
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
    return yaml.load(text, Loader)


def compose(text: str) -> yaml.Node | None:
    """The nodes of a document, with their places."""
    node: yaml.Node | None = yaml.compose(text, Loader)
    return node


def explain(error: yaml.YAMLError) -> str:
    """What is wrong and where, without the text of the file."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    what = problem or (str(error) if type(error) is yaml.YAMLError else type(error).__name__)
    return f"line {mark.line + 1}: {what}" if mark else what
