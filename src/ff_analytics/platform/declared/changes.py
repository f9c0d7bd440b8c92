"""Differences between repository and server, as plain values, computed without a server."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

# Per object: every compared field under a dotted name, e.g. {"trigger.within": 3600}.
State = Mapping[str, Mapping[str, Any]]

_WIDTH = 60


class Change(BaseModel):
    """One object that the repo and the server do not agree on."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    action: Literal["create", "update", "remove"]
    details: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The change for people: a headline, then one line per field."""
        sign = {"create": "+", "update": "~", "remove": "-"}[self.action]
        head = f"{sign} {self.kind} {self.name}"
        if self.action == "remove":
            head += ": no longer in the repo (ff platform prune removes it)"
        return [head, *(f"    {detail}" for detail in self.details)]


class Plan(BaseModel):
    """All differences, and what is worth knowing without being one."""

    changes: list[Change] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    in_step: dict[str, int] = Field(default_factory=dict, description="Equal objects per kind.")

    def of(self, kind: str, *actions: str) -> list[Change]:
        """Changes of one kind, only those actions if any are named."""
        return [c for c in self.changes if c.kind == kind and (not actions or c.action in actions)]

    @property
    def to_apply(self) -> list[Change]:
        return [c for c in self.changes if c.action != "remove"]

    @property
    def to_prune(self) -> list[Change]:
        return [c for c in self.changes if c.action == "remove"]

    def text(self) -> str:
        """The plan as `ff platform plan` prints it."""
        lines = [line for change in self.changes for line in change.lines()]
        lines += [f"note: {note}" for note in self.notes]
        counts = {
            action: sum(c.action == action for c in self.changes)
            for action in ("create", "update", "remove")
        }
        if self.changes:
            lines.append(", ".join(f"{n} to {action}" for action, n in counts.items() if n) + ".")
        else:
            counted = [f"{n} {kind}" + "s" * (n != 1) for kind, n in self.in_step.items() if n]
            lines.append(f"Server and repo are in step: {', '.join(counted)}.")
        return "\n".join(lines)


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested mappings as dotted names; lists and scalars stay values."""
    if isinstance(value, Mapping) and value:
        flat: dict[str, Any] = {}
        for key, inner in value.items():
            flat |= flatten(inner, f"{prefix}.{key}" if prefix else str(key))
        return flat
    return {prefix: value}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def compare(
    kind: str, wanted: State, found: State, *, extra: bool = True
) -> tuple[list[Change], int]:
    """Changes from `found` to `wanted`, and the number of equal objects.

    Only the fields of `wanted` are compared. `extra=False` ignores objects that are not in the
    repository: they belong to others.
    """
    changes = []
    for name, fields in wanted.items():
        if name not in found:
            changes.append(Change(kind=kind, name=name, action="create"))
            continue
        have = found[name]
        details = tuple(
            f"{field}: {_shown(have.get(field))} -> {_shown(value)}"
            for field, value in fields.items()
            if have.get(field) != value
        )
        if details:
            changes.append(Change(kind=kind, name=name, action="update", details=details))
    equal = len(wanted) - len(changes)
    if extra:
        changes += [
            Change(kind=kind, name=name, action="remove") for name in found if name not in wanted
        ]
    return changes, equal
