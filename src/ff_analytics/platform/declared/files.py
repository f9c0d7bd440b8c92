"""Read `deployments/*.yaml` strictly: the desired state of the server."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import Field, field_validator, model_validator

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.secret_shapes import refuse_names, refuse_values
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.api import cloud
from ff_analytics.platform.declared import template
from ff_analytics.platform.manifest import Strict

FOLDER = PROJECT_ROOT / "deployments"
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# What every ff.watch.* event brings.
WATCH_PAYLOAD = frozenset({"kind", "subject", "message", "count", "what_to_do", "what", "since"})
# An automation that reacts to what automations do feeds itself, without end.
_OWN_EVENTS = (
    *cloud.event_names("automation.triggered"),
    *cloud.event_names("automation.action.executed"),
)


class WorkPool(Strict):
    """A work pool. Paused or not is left to people; polling is the worker's (prefect.toml)."""

    name: str = Field(pattern=NAME)
    type: str
    description: str
    concurrency_limit: int | None = Field(None, ge=1)
    defaults: dict[str, Any] = Field(
        default_factory=dict, description="Defaults of variables in the base job template."
    )

    @model_validator(mode="after")
    def _no_secrets(self) -> "WorkPool":
        # The server stores the template in clear text and shows it to all of its users.
        where = f"work-pools/{self.name}.yaml"
        refuse_names(self.defaults.get("env") or {}, where)
        refuse_values(self.defaults, where)
        return self


class ConcurrencyLimit(Strict):
    """A global concurrency limit, taken by name in tasks."""

    name: str = Field(pattern=NAME)
    limit: int = Field(ge=1)
    slot_decay_per_second: float = Field(0.0, ge=0)


class Block(Strict):
    """A notification block: its name, and which environment variable feeds it."""

    name: str = Field(pattern=NAME)
    type: Literal["discord-webhook"]
    url_from: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    botname: str


class Trigger(Strict):
    """The trigger. Only reactive: the watch reports problems without events."""

    posture: Literal["Reactive"] = "Reactive"
    expect: list[str] = Field(min_length=1)
    match: dict[str, str | list[str]]
    match_related: dict[str, str | list[str]] = Field(default_factory=dict)
    for_each: list[str] = Field(min_length=1)
    threshold: int = Field(1, ge=1)
    within: int = Field(0, ge=0, description="Seconds; one message per `for_each` in them.")

    @field_validator("expect")
    @classmethod
    def _no_catch_all(cls, value: list[str]) -> list[str]:
        for pattern in value:
            if not pattern or any(fnmatchcase(own, pattern) for own in _OWN_EVENTS):
                raise ValueError(f"{pattern!r} would react to its own deliveries, without end")
        return value

    @field_validator("match")
    @classmethod
    def _some_resource(cls, value: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        wanted = value.get("prefect.resource.id", [])
        patterns = [wanted] if isinstance(wanted, str) else wanted
        if not patterns or any(not p.partition("*")[0].strip("!.") for p in patterns):
            raise ValueError("prefect.resource.id must begin with what it is, e.g. ff.dataset.*")
        return value


class Automation(Strict):
    """A reactive automation that sends one message through a block."""

    name: str = Field(pattern=r"^ff(-[a-z0-9]+)+$")
    description: str
    block: str
    trigger: Trigger
    message: str = ""
    message_of: str | None = Field(None, description="The automation whose message this one has.")

    @model_validator(mode="after")
    def _message_renders(self) -> "Automation":
        if not self.message and not self.message_of:
            raise ValueError("neither message nor message_of is given")
        ours = all(pattern.startswith("ff.watch.") for pattern in self.trigger.expect)
        template.check(self.message, WATCH_PAYLOAD if ours else None)
        return self


class Declared(Strict):
    """The content of all folders."""

    work_pools: list[WorkPool]
    concurrency_limits: list[ConcurrencyLimit]
    blocks: list[Block]
    automations: list[Automation]


Item = TypeVar("Item", WorkPool, ConcurrencyLimit, Block, Automation)


def _read(file: Path, model: type[Item]) -> Item:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} is not valid YAML: {error}") from None
    item = checked(model, content, f"{file.parent.name}/{file.name}")
    # One object per file, found by its name: no two files can fight over one object.
    if item.name != file.stem:
        raise ConfigError(
            f"{file.parent.name}/{file.name} declares {item.name!r}: "
            f"name the file {item.name}.yaml."
        )
    return item


def _folder(folder: Path, model: type[Item]) -> list[Item]:
    return [_read(file, model) for file in sorted(folder.glob("*.yaml"))]


def load(folder: Path = FOLDER) -> Declared:
    """All declarations; `ConfigError` names file, place and what is wrong."""
    automations = _folder(folder / "automations", Automation)
    messages = {automation.name: automation.message for automation in automations}
    for automation in automations:
        if automation.message_of and not messages.get(automation.message_of):
            raise ConfigError(
                f"automations/{automation.name}.yaml: message_of: there is no automation "
                f"{automation.message_of!r} with a message."
            )
    declared = Declared(
        work_pools=_folder(folder / "work-pools", WorkPool),
        concurrency_limits=_folder(folder / "concurrency-limits", ConcurrencyLimit),
        blocks=_folder(folder / "blocks", Block),
        automations=[
            one.model_copy(update={"message": messages[one.message_of]}) if one.message_of else one
            for one in automations
        ],
    )
    known = {block.name for block in declared.blocks}
    for automation in declared.automations:
        if automation.block not in known:
            raise ConfigError(
                f"automations/{automation.name}.yaml: there is no block {automation.block!r} in "
                f"blocks/ (there is: {', '.join(sorted(known)) or 'none'})."
            )
    return declared
