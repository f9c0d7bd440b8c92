"""`python -m tests.scale.deploy_numbers NAME ...`: deployments of the numbers flow, and alerts."""

import asyncio
import sys

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate

from ff_analytics.platform.alerts import notifiers
from ff_analytics.platform.declared import files
from ff_analytics.platform.state import automations
from tests.faults.site import POOL

ENTRYPOINT = "tests.scale.numbers_flow.numbers"


async def deploy(names: list[str]) -> None:
    """A process pool, a deployment of each name, the alert block, and our automations."""
    declared = files.load()
    async with get_client() as client:
        python = {"type": "string", "default": "python -m prefect.engine"}
        template = {
            "job_configuration": {"command": "{{ command }}", "env": "{{ env }}"},
            "variables": {"properties": {"command": python, "env": {"type": "object"}}},
        }
        pool = WorkPoolCreate(name=POOL, type="process", base_job_template=template)
        await client.create_work_pool(pool)
        flow = await client.create_flow_from_name("numbers")
        for name in names:
            await client.create_deployment(
                flow, name=name, entrypoint=ENTRYPOINT, work_pool_name=POOL, tags=["ff"]
            )
        changes, _, _ = await notifiers.plan(client, declared.blocks)
        await notifiers.apply(client, declared.blocks, changes)
        usable = (await notifiers.plan(client, declared.blocks))[2]
        late, _, _ = await automations.plan(client, declared.automations, usable)
        await automations.apply(client, declared.automations, late, usable)


if __name__ == "__main__":
    asyncio.run(deploy(sys.argv[1:]))
