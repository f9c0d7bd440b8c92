"""prefect.yaml, read strictly: Prefect itself ignores unknown keys and parameter names."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.secret_shapes import refuse_names, refuse_values
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

FILE = PROJECT_ROOT / "prefect.yaml"
# Flows whose name has spaces, which no module can have; the others are called like theirs.
FLOW_NAMES = {"flows.enterprise_data_pipeline": "Enterprise Data Pipeline"}
# What marks a deployment as one of this repo.
TAG = "ff"
# The one template of the manifest; Prefect fills it from the environment of `prefect deploy`.
CHOSEN_POOL = "{{ $FF_WORK_POOL }}"


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Schedule(Strict):
    """A cron schedule. `active` is left out, so that a pause by hand survives a deploy."""

    slug: str
    cron: str
    timezone: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    replaces: str | None = None

    @field_validator("cron")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        if len(value.split()) != 5:
            raise ValueError(f"{value!r} is no cron expression of five fields")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no timezone, e.g. America/New_York") from None
        return value


class ConcurrencyLimit(Strict):
    limit: int = Field(ge=1)
    collision_strategy: Literal["ENQUEUE", "CANCEL_NEW"] = "ENQUEUE"
    grace_period_seconds: int = Field(120, ge=60)


class Pool(Strict):
    name: str
    work_queue_name: str = "default"
    job_variables: dict[str, Any] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _chosen(cls, value: str) -> str:
        return get_settings().work_pool if value == CHOSEN_POOL else value


class Deployment(Strict):
    """One entry of `deployments:`."""

    name: str
    description: str
    entrypoint: str
    tags: list[str]
    work_pool: Pool
    concurrency_limit: ConcurrencyLimit
    parameters: dict[str, Any] = Field(default_factory=dict)
    # Required, if only as []: without the key `prefect deploy` prompts in a terminal.
    schedules: list[Schedule]
    paused: bool = False

    @field_validator("tags")
    @classmethod
    def _ours(cls, value: list[str]) -> list[str]:
        if TAG not in value:
            raise ValueError(f"the tag {TAG!r} is missing: alerts and ff platform go by it")
        return value

    @model_validator(mode="before")
    @classmethod
    def _literal(cls, raw: Any) -> Any:
        # Prefect stores a templated secret in clear, and an unset variable as nothing at all.
        if "{{" in str(raw).replace(CHOSEN_POOL, ""):
            raise ValueError(
                "no {{ templates }} here but the pool's name: blocks are loaded in tasks, "
                "settings are FF_*"
            )
        return raw

    @property
    def group(self) -> str:
        """Module of the entrypoint, e.g. flows.analytics."""
        return self.entrypoint.rpartition(".")[0]

    @property
    def full_name(self) -> str:
        """`flow/deployment` as one types it."""
        module = self.group.rpartition(".")[2].replace("_", "-")
        return f"{FLOW_NAMES.get(self.group, module)}/{self.name}"


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str
    prefect_version: str = Field(alias="prefect-version")
    build: None
    push: None
    pull: list[Any] = Field(max_length=0)
    definitions: dict[str, Any]
    deployments: list[Deployment]


def _refuse_secrets(raw: Any, file: Path) -> None:
    """`ConfigError` for a secret, before any other message could repeat it."""
    for entry in (raw or {}).get("deployments") or []:
        where = f"{file.name}: {entry.get('name')}"
        variables = (entry.get("work_pool") or {}).get("job_variables") or {}
        given = [entry.get("parameters") or {}, variables.get("env") or {}]
        given += [schedule.get("parameters") or {} for schedule in entry.get("schedules") or []]
        for parameters in given:
            refuse_names(parameters, where)
            refuse_values(parameters, where)


def load(file: Path = FILE) -> Manifest:
    """The manifest; `ConfigError` names file, place and what is wrong."""
    try:
        raw = yaml.safe_load(file.read_text())
        # Of any other shape it fails below, with its place.
        with suppress(AttributeError, TypeError):
            _refuse_secrets(raw, file)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} is not valid YAML: {error}") from None
    return checked(Manifest, raw, file.name)


def refuse_broken(manifest: Manifest, names: Collection[str] = ()) -> None:
    """Raise `ConfigError` with file and line when a deployment's product or source is broken.

    Of those in `names`, as `valuation` or `analytics/valuation`; empty means all.
    """
    broken = {
        **{f"flows.analytics.{name}": why for name, why in products.broken().items()},
        **{f"flows.ingest.{name}": why for name, why in sources.broken().items()},
    }
    for one in manifest.deployments:
        meant = not names or any(name.rpartition("/")[2] == one.name for name in names)
        why = broken.get(one.entrypoint.replace("_", "-"))
        if meant and why:
            raise ConfigError(
                f"{one.name} cannot be deployed. {why} Nothing was deployed; to deploy others "
                "meanwhile, name them: prefect deploy --name <name>."
            )


def unknown_parameters(deployment: Deployment) -> list[str]:
    """Parameters of the entry, or of its schedules, that the flow does not have."""
    from prefect.flows import load_flow_from_entrypoint

    known = set(load_flow_from_entrypoint(deployment.entrypoint).parameters.properties)
    given = set(deployment.parameters)
    for schedule in deployment.schedules:
        given |= set(schedule.parameters)
    return sorted(given - known)
