"""`plan`, `apply` and `prune` over all kinds of objects, in the order of their dependence."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from ff_analytics.platform.alerts import block_types, notifiers
from ff_analytics.platform.api.server import connect
from ff_analytics.platform.declared import files
from ff_analytics.platform.declared.changes import Change, Plan
from ff_analytics.platform.processes import services
from ff_analytics.platform.state import alerting, automations, deployed, domains, limits, pools
from ff_analytics.platform.state.retry import again, is_server_error, reason

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient


async def _compare(
    client: "PrefectClient", declared: files.Declared
) -> tuple[Plan, dict[str, UUID | None]]:
    plan = Plan()

    def add(kind: str, changes: list[Change], notes: list[str], equal: int) -> None:
        plan.changes.extend(changes)
        plan.notes.extend(notes)
        plan.in_step[kind] = equal

    add(pools.KIND, *await pools.plan(client, pools.in_use(declared.work_pools)))
    add(limits.KIND, *await limits.plan(client, declared.concurrency_limits))
    add(block_types.KIND, *await block_types.plan(client))
    changes, notes, usable = await notifiers.plan(client, declared.blocks)
    add(notifiers.KIND, changes, notes, len(usable) - len(changes))
    add(automations.KIND, *await automations.plan(client, declared.automations, usable))
    add(deployed.KIND, *await deployed.plan(client))
    add(domains.KIND, *await domains.plan(client))
    return plan, usable


async def plan() -> Plan:
    """The differences; nothing is changed."""
    declared = files.load()
    async with connect() as client:
        return (await again(lambda: _compare(client, declared)))[0]


@dataclass(frozen=True)
class Applied:
    """Result of `apply`: the plan, remarks, and steps that kept failing on the server."""

    plan: Plan
    remarks: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


async def _deploy(client: "PrefectClient") -> None:
    # `prefect deploy` keeps a manually paused schedule, but not a paused deployment.
    paused = [d.id for d in (await deployed.on_server(client)).values() if d.paused]
    await asyncio.to_thread(services.deploy_all, {})
    for deployment in paused:
        await client.pause_deployment(deployment)


def _steps(
    client: "PrefectClient", declared: files.Declared, plan: Plan, remarks: list[str]
) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """Kind and work of each step that the plan needs, in the order of their dependence."""

    async def alerts() -> None:
        remarks.extend(await alerting.bring_in_step(client, declared))

    async def switched() -> None:
        remarks.extend(await domains.bring_in_step(client))

    changed, made = plan.of(pools.KIND, "create", "update"), declared.work_pools
    yield "work pools", lambda: pools.apply(client, made, changed)
    limited, wanted = plan.of(limits.KIND, "create", "update"), declared.concurrency_limits
    yield "concurrency limits", lambda: limits.apply(client, wanted, limited)
    types = plan.of(block_types.KIND)
    yield "block types", lambda: block_types.apply(client, types)
    if plan.of(notifiers.KIND) or plan.of(automations.KIND, "create", "update"):
        yield "alerts", alerts
    if any(c.kind in (deployed.KIND, deployed.SCHEDULE) for c in plan.to_apply):
        yield "deployments", lambda: _deploy(client)
    yield "domains", switched


async def apply() -> Applied:
    """Apply the repository to the server; nothing is removed.

    A step that fails on a busy server is retried; steps that keep failing are in `failed`, and
    the other steps are done.
    """
    declared = files.load()
    async with connect() as client:
        plan, _ = await again(lambda: _compare(client, declared))
        done = Applied(plan)
        for kind, step in _steps(client, declared, plan, done.remarks):
            try:
                await again(step)
            except (httpx.HTTPStatusError, services.ServiceFailed) as error:
                if not is_server_error(error):
                    raise
                done.failed.append(f"{kind}: the server answered {reason(error)}")
    return done


async def prune(changes: list[Change]) -> None:
    """Remove these, as `Plan.to_prune` lists them."""
    async with connect() as client:
        await automations.remove(client, [c for c in changes if c.kind == automations.KIND])
        kinds = (deployed.KIND, deployed.SCHEDULE)
        await deployed.remove(client, [c for c in changes if c.kind in kinds])
