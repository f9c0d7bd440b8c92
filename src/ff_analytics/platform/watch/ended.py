"""Runs that have ended and the alerts they set off, as the server lists them."""

from collections.abc import Sequence
from datetime import datetime

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.sorting import FlowRunSort
from pydantic import BaseModel, ConfigDict

from ff_analytics.engine.base.errors import failure_key
from ff_analytics.platform.alerts import delivery

FAILED = ("FAILED", "CRASHED")
_TELL = ("ff-run-failed", "ff-run-failed-otherwise", "ff-run-crashed")


class RunEnded(BaseModel):
    """One flow run that has ended; `state_id` is also the id of the server's event about it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    deployment: str
    state: str
    state_id: str
    message: str
    ended: datetime
    state_name: str = ""

    @property
    def failure(self) -> tuple[str, str]:
        """What equal failures have in common."""
        return self.deployment, failure_key(self.state_name, self.message)


async def ended(
    client: PrefectClient,
    states: Sequence[str],
    names: dict[str, str],
    limit: int = 200,
    **wanted: object,
) -> list[RunEnded]:
    """The newest `limit` runs in these states that meet the filter, newest first."""
    query = {"state": {"type": {"any_": list(states)}}, "tags": {"all_": ["ff"]}, **wanted}
    runs = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(query),
        sort=FlowRunSort.END_TIME_DESC,
        limit=limit,
    )
    return [
        RunEnded(
            id=str(run.id),
            name=run.name,
            deployment=names.get(str(run.deployment_id), str(run.deployment_id)),
            state=run.state.type.value,
            state_id=str(run.state.id),
            message=run.state.message or "",
            state_name=run.state.name or "",
            ended=run.end_time,
        )
        for run in runs
        if run.state and run.end_time and run.deployment_id
    ]


async def alerted_since(client: PrefectClient, since: datetime) -> frozenset[str]:
    """State ids of the failures that set off an alert."""
    names = {"name": [*delivery.EXECUTED, *delivery.FAILED]}
    found = [delivery.of(event) for event in await delivery.events(client, since, event=names)]
    return frozenset(str(attempt.trigger) for attempt in found)


async def alerts_since(client: PrefectClient) -> datetime | None:
    """When the automations for failures were created; None if one is missing or off."""
    # Raw: the client's own model drops the time.
    wanted = {"automations": {"name": {"any_": list(_TELL)}}}
    found = (await client.request("POST", "/automations/filter", json=wanted)).json()
    on = (a for a in found if a["enabled"] and a.get("created"))
    made = {a["name"]: datetime.fromisoformat(a["created"]) for a in on}
    return max(made.values()) if len(made) == len(_TELL) else None
