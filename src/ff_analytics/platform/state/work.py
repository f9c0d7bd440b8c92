"""`plan`, `apply` and `prune` over all kinds of objects, in the order of their dependence."""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from ff_analytics.platform.alerts import block_types, notifiers
from ff_analytics.platform.api.server import connect
from ff_analytics.platform.declared import files
from ff_analytics.platform.declared.changes import Change, Plan
from ff_analytics.platform.processes import services
from ff_analytics.platform.state import alerting, automations, deployed, domains, limits, pools

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
    """What differs; nothing is changed."""
    declared = files.load()
    async with connect() as client:
        return (await _compare(client, declared))[0]


async def apply() -> tuple[Plan, list[str]]:
    """Make the server hold what the repo says; nothing is removed.

    Returns the plan as it was done, and remarks.
    """
    declared = files.load()
    async with connect() as client:
        plan, _ = await _compare(client, declared)
        todo = {kind: plan.of(kind, "create", "update") for kind in (pools.KIND, limits.KIND)}
        await pools.apply(client, declared.work_pools, todo[pools.KIND])
        await limits.apply(client, declared.concurrency_limits, todo[limits.KIND])
        await block_types.apply(client, plan.of(block_types.KIND))
        remarks: list[str] = []
        if plan.of(notifiers.KIND) or plan.of(automations.KIND, "create", "update"):
            remarks = await alerting.bring_in_step(client, declared)
        if any(c.kind in (deployed.KIND, deployed.SCHEDULE) for c in plan.to_apply):
            # `prefect deploy` lets a schedule rest that a person paused, but not a deployment.
            paused = [d.id for d in (await deployed.on_server(client)).values() if d.paused]
            await asyncio.to_thread(services.deploy_all, {})
            for deployment in paused:
                await client.pause_deployment(deployment)
        remarks += await domains.bring_in_step(client)
    return plan, remarks


async def prune(changes: list[Change]) -> None:
    """Remove these, as `Plan.to_prune` lists them."""
    async with connect() as client:
        await automations.remove(client, [c for c in changes if c.kind == automations.KIND])
        kinds = (deployed.KIND, deployed.SCHEDULE)
        await deployed.remove(client, [c for c in changes if c.kind in kinds])
