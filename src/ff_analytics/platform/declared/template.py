"""Message templates: refused when they could fail or name nothing, clamped for Discord."""

from typing import Any

from jinja2 import ChainableUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Discord refuses more than 2,000 characters and counts some as two.
LIMIT = 1900
# An "@everyone" in a provider's error text would notify the whole channel; a zero-width space
# after the sign stops it.
_HEAD = "{% filter replace('@', '@\\u200b') | trim | truncate(" + str(LIMIT) + ", true, '…', 0) %}"
_TAIL = "{% endfilter %}"

# What Prefect puts into the context of an action, with the fields of each that we know.
_EVENT = {"id", "event", "occurred", "received", "payload", "resource", "resource_in_role"}
_RUN = {"id", "name", "state", "run_count", "parameters", "tags", "start_time", "total_run_time"}
_NAMED = {"id", "name", "description", "tags"}
KNOWN: dict[str, set[str] | None] = {
    "event": _EVENT,
    "flow_run": _RUN,
    "flow": _NAMED,
    "deployment": _NAMED,
    "work_pool": _NAMED,
    "work_queue": _NAMED,
    "automation": _NAMED,
    "labels": None,
    "firing": None,
}


def _link(value: Any) -> Any:
    return value.get("url") if isinstance(value, dict) else None


def _environment() -> ImmutableSandboxedEnvironment:
    # As Prefect's own: a missing name renders as nothing instead of failing.
    environment = ImmutableSandboxedEnvironment(undefined=ChainableUndefined)
    environment.filters["ui_url"] = _link
    return environment


def _wrong_fields(tree: nodes.Template, payload: frozenset[str] | None) -> list[str]:
    wrong = []
    for node in tree.find_all(nodes.Getattr):
        inner = node.node
        if isinstance(inner, nodes.Name):
            fields = KNOWN.get(inner.name)
            if fields is not None and node.attr not in fields:
                wrong.append(f"{inner.name}.{node.attr}")
        elif (
            isinstance(inner, nodes.Getattr)
            and inner.attr == "payload"
            and payload is not None
            and node.attr not in payload
        ):
            wrong.append(f"payload.{node.attr}")
    return wrong


def check(message: str, payload: frozenset[str] | None = None) -> None:
    """ValueError when the template does not parse, uses unknown names, or can fail to render.

    `payload` are the fields that the triggering event brings, where they are agreed.
    """
    environment = _environment()
    try:
        tree = environment.parse(message)
        compiled = environment.from_string(message)
    except TemplateError as error:
        raise ValueError(f"the message is no valid template: {error}") from None
    unknown = sorted(meta.find_undeclared_variables(tree) - set(KNOWN))
    unknown += _wrong_fields(tree, payload)
    if unknown:
        raise ValueError(f"the message uses {', '.join(unknown)}, which no event brings")
    # An event may lack any of it; an alert that fails to render is an alert lost.
    for nothing in ({}, dict.fromkeys(KNOWN)):
        try:
            compiled.render(nothing)
        except Exception as error:
            raise ValueError(f"the message fails where a value is missing: {error}") from None


def clamped(message: str) -> str:
    """The template, so that no text it renders can exceed Discord's limit or ping people."""
    return f"{_HEAD}{message.strip()}{_TAIL}"


def render(template: str, context: dict[str, Any]) -> str:
    """What the server would render, for tests and previews."""
    return _environment().from_string(template).render(context)
