"""Enable alerts: the notification block and the automations that send through it.

`ff platform apply` does it, and so do `prefect deploy` and the start of a worker, so that no
further step is needed.
"""

from typing import TYPE_CHECKING

from ff_analytics.platform.alerts import notifiers
from ff_analytics.platform.declared import files
from ff_analytics.platform.state import automations

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient


async def bring_in_step(
    client: "PrefectClient", declared: files.Declared, *, update: bool = True
) -> list[str]:
    """Create and update block and automations; returns remarks. Without `update` only create.

    A worker of an older checkout must not undo what a newer one has deployed.
    """
    actions = ("create", "update") if update else ("create",)
    changes, _, _ = await notifiers.plan(client, declared.blocks)
    todo = [change for change in changes if change.action in actions]
    remarks = await notifiers.apply(client, declared.blocks, todo)
    usable = (await notifiers.plan(client, declared.blocks))[2]
    late, _, _ = await automations.plan(client, declared.automations, usable)
    todo = [change for change in late if change.action in actions]
    await automations.apply(client, declared.automations, todo, usable)
    return remarks


async def switch_on(*, update: bool) -> list[str]:
    """What `prefect deploy` (with `update`) and a worker's start do; lines for people."""
    from ff_analytics.platform.api.server import connect

    declared = files.load()
    async with connect() as client:
        before = set(await automations.ours(client))
        remarks = await bring_in_step(client, declared, update=update)
        made = [name for name in await automations.ours(client) if name not in before]
        _, notes, usable = await notifiers.plan(client, declared.blocks)
    if made:
        remarks.append(f"Alerts are on: {len(made)} automations were made.")
    # Say nothing of a block that is kept although its variable is not set here.
    off = [note for note in notes if len(usable) < len(declared.blocks)]
    return remarks + [f"Alerts are off. {note}." for note in off]
