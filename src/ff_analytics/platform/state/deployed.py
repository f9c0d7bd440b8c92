"""Deployments and their schedules: prefect.yaml against the server.

`prefect deploy` creates and changes; it never removes. So a renamed slug leaves two schedules
that both fire, and a deleted entry keeps running: `prune` removes those.
"""

import json
from typing import TYPE_CHECKING, Any

from ff_analytics.platform import manifest
from ff_analytics.platform.declared.changes import Change, compare, flatten

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "deployment"
SCHEDULE = "schedule"


def _schema(raw: Any) -> Any:
    """A parameter schema as JSON, without the empty parts that the server adds."""
    return json.loads(json.dumps({k: v for k, v in (raw or {}).items() if v}, default=str))


def wanted(entry: manifest.Deployment, parameter_schema: Any = None) -> dict[str, Any]:
    """Compared fields of an entry of prefect.yaml."""
    fields = {
        "description": entry.description,
        "entrypoint": entry.entrypoint,
        "tags": sorted(entry.tags),
        "work pool": entry.work_pool.name,
        "work queue": entry.work_pool.work_queue_name,
        "parameters": entry.parameters,
        **flatten(entry.work_pool.job_variables, "job variable"),
        "concurrency limit": entry.concurrency_limit.limit,
        "collision strategy": entry.concurrency_limit.collision_strategy,
        "grace period": entry.concurrency_limit.grace_period_seconds,
    }
    # A stale schema refuses parameters that the flow has learnt since.
    schema = {"parameter schema": _schema(parameter_schema)} if parameter_schema else {}
    return fields | schema


def wanted_schedules(entry: manifest.Deployment) -> dict[str, dict[str, Any]]:
    """Compared fields of an entry's schedules, by slug."""
    return {
        s.slug: {"cron": s.cron, "timezone": s.timezone, "parameters": s.parameters}
        for s in entry.schedules
    }


def found(deployment: Any) -> dict[str, Any]:
    """The same fields of a deployment on the server."""
    options = deployment.concurrency_options
    limit = deployment.global_concurrency_limit
    return {
        "description": deployment.description,
        "entrypoint": deployment.entrypoint,
        "tags": sorted(deployment.tags),
        "work pool": deployment.work_pool_name,
        "work queue": deployment.work_queue_name,
        "parameters": deployment.parameters,
        **flatten(deployment.job_variables or {}, "job variable"),
        "concurrency limit": limit.limit if limit else None,
        "collision strategy": options.collision_strategy.value if options else None,
        "grace period": options.grace_period_seconds if options else None,
        "parameter schema": _schema(deployment.parameter_openapi_schema),
    }


def found_schedules(deployment: Any) -> dict[str, dict[str, Any]]:
    """The same fields of its schedules; a manually created one uses its id as the slug."""
    return {
        s.slug or f"({s.id})": {
            "cron": getattr(s.schedule, "cron", str(s.schedule)),
            "timezone": s.schedule.timezone,
            "parameters": s.parameters,
        }
        for s in deployment.schedules
    }


def differences(
    entries: dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]],
    present: dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]],
) -> tuple[list[Change], int]:
    """Changes of deployments and of their schedules; both sides as (fields, schedules)."""
    changes, equal = compare(
        KIND,
        {name: fields for name, (fields, _) in entries.items()},
        {name: fields for name, (fields, _) in present.items()},
    )
    for name, (_, schedules) in entries.items():
        if name in present:
            label = {slug: f"{name} {slug}" for slug in (*schedules, *present[name][1])}
            changes += compare(
                SCHEDULE,
                {label[slug]: fields for slug, fields in schedules.items()},
                {label[slug]: fields for slug, fields in present[name][1].items()},
            )[0]
    return [_without_schema(change) for change in changes], equal


def _without_schema(change: Change) -> Change:
    """A complete JSON schema on both sides of an arrow is not readable."""
    lines = tuple(
        "parameter schema: the flow's parameters changed" if d.startswith("parameter schema") else d
        for d in change.details
    )
    return change.model_copy(update={"details": lines})


def _entries() -> dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    from prefect.flows import load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema

    entries = {}
    for entry in manifest.load().deployments:
        flow: Any = load_flow_from_entrypoint(entry.entrypoint)
        schema = parameter_schema(flow).model_dump_for_openapi()
        entries[f"{flow.name}/{entry.name}"] = (wanted(entry, schema), wanted_schedules(entry))
    return entries


async def on_server(client: "PrefectClient") -> dict[str, Any]:
    """Every deployment with our tag, as `flow/name`."""
    from prefect.client.schemas.filters import DeploymentFilter

    from ff_analytics.platform.api.server import pages

    tagged = DeploymentFilter.model_validate({"tags": {"all_": [manifest.TAG]}})
    deployments = await pages(client.read_deployments, deployment_filter=tagged)
    flows = {f.id: f.name for f in await pages(client.read_flows, deployment_filter=tagged)}
    return {f"{flows[d.flow_id]}/{d.name}": d for d in deployments}


def _notes(present: dict[str, Any]) -> list[str]:
    notes = [f"deployment {n} is paused; it stays so" for n, d in present.items() if d.paused]
    return notes + [
        f"schedule {name} {schedule.slug or schedule.id} is paused; it stays so"
        for name, deployment in present.items()
        for schedule in deployment.schedules
        if not schedule.active
    ]


async def plan(client: "PrefectClient") -> tuple[list[Change], list[str], int]:
    """Changes, notes, and how many deployments are in step."""
    present = await on_server(client)
    changes, equal = differences(
        _entries(), {name: (found(d), found_schedules(d)) for name, d in present.items()}
    )
    return changes, _notes(present), equal


async def remove(client: "PrefectClient", changes: list[Change]) -> None:
    """Delete deployments and schedules that `plan` called extra."""
    present = await on_server(client) if changes else {}
    for change in changes:
        name, _, slug = change.name.partition(" ")
        if name not in present:
            continue
        if change.kind == KIND:
            await client.delete_deployment(present[name].id)
            continue
        for schedule in present[name].schedules:
            if slug in (schedule.slug, f"({schedule.id})"):
                await client.delete_deployment_schedule(present[name].id, schedule.id)
