"""Trigger a deployment through the API, wait, and print the run's timeline.

`python -m benchmarks.runs.flow_runs DEPLOYMENT [JOB-VARIABLES]` with the platform's environment.
All moments are seconds since the trigger; server, worker and run share this machine's clock.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment

_PATIENCE = 180
# Task runs reach the server as events, some time after the run that sent them.
_SETTLE = 2.0


async def _finished(client: PrefectClient, run: FlowRun) -> FlowRun:
    for _ in range(_PATIENCE * 20):
        now = await client.read_flow_run(run.id)
        if now.state and now.state.is_final():
            if not now.state.is_completed():
                raise RuntimeError(f"{run.name} ended {now.state_name}: {now.state.message}")
            return now
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{run.name} did not end within {_PATIENCE} s")


async def timeline(deployment: str, job_variables: dict[str, Any]) -> dict[str, Any]:
    """Moments of the states (pending, running, completed) and (name, start, end) of tasks."""
    async with get_client() as client:
        trigger = datetime.now(UTC)
        started: Any = await run_deployment(deployment, timeout=0, job_variables=job_variables)  # type: ignore[misc]
        run = await _finished(client, started)
        await asyncio.sleep(_SETTLE)
        states = await client.read_flow_run_states(run.id)
        tasks = await client.read_task_runs(
            flow_run_filter=FlowRunFilter.model_validate({"id": {"any_": [str(run.id)]}})
        )

    def since(moment: datetime | None) -> float:
        assert moment
        return (moment - trigger).total_seconds()

    found = {str(s.name).lower(): since(s.timestamp) for s in states}
    stages = sorted((since(t.start_time), since(t.end_time), t.name.split()[0]) for t in tasks)
    return {
        "trigger": trigger.timestamp(),
        **{name: found[name] for name in ("pending", "running", "completed")},
        "stages": [(name, start, end) for start, end, name in stages],
    }


if __name__ == "__main__":
    variables = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    print(json.dumps(asyncio.run(timeline(sys.argv[1], variables))))
