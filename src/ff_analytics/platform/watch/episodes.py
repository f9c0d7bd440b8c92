"""Failures as episodes: equal ones counted into one message, and their end announced once.

The automations hold equal failures of a deployment back for an hour (`within` in
deployments/automations/ff-run-failed.yaml); what they held back is told here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.sorting import FlowRunSort
from pydantic import BaseModel, ConfigDict

from ff_analytics.platform.alerts import delivery
from ff_analytics.platform.watch.findings import Finding

# Told once and never open: there is nothing to wait for.
KINDS = frozenset({"repeated", "recovered", "unreported"})
WINDOW = timedelta(hours=1)
# How far back an end still counts as news, e.g. after the watch was off for a while.
NEWS = timedelta(hours=1)
# Of failures at one moment the server does not alert the first for certain.
_TOGETHER = timedelta(minutes=1)
_MOST = 20
# What the server may take until an alert has gone out.
_PATIENCE = timedelta(minutes=5)
FAILED = ("FAILED", "CRASHED")


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


def repeats(runs: Iterable[RunEnded], alerted: frozenset[str], now: datetime) -> list[Finding]:
    """Per alerted failure whose hour is over: how many equal ones were held back after it."""
    failed = sorted((run for run in runs if run.state in FAILED), key=lambda run: run.ended)
    found = []
    for first in failed:
        if first.state_id not in alerted or now < first.ended + WINDOW:
            continue
        held_back = [
            run
            for run in failed
            if (run.deployment, run.message) == (first.deployment, first.message)
            and first.ended - _TOGETHER < run.ended <= first.ended + WINDOW
            and run.state_id not in alerted
        ]
        ends = sorted(run.ended for run in (first, *held_back))
        if held_back:
            found.append(
                Finding(
                    kind="repeated",
                    subject=first.id,
                    message=f"{first.deployment} failed {len(held_back) + 1} times with the same "
                    f"error from {ends[0]:%H:%M} to {ends[-1]:%H:%M} UTC: "
                    f"{first.message}",
                    what_to_do="The first of them was reported when it happened.",
                )
            )
    return found


def unreported(runs: Iterable[RunEnded], alerted: frozenset[str], now: datetime) -> list[Finding]:
    """Failures of the last hour of which neither they nor an equal one set off an alert.

    Their event was lost between the server's parts, as when Redis loses what it had stored.
    """
    failed = sorted((run for run in runs if run.state in FAILED), key=lambda run: run.ended)
    told = [run for run in failed if run.state_id in alerted]
    found = []
    for run in failed:
        held_back = any(
            (run.deployment, run.message) == (first.deployment, first.message)
            and run.ended - WINDOW <= first.ended < run.ended + _TOGETHER
            for first in told
        )
        if not held_back and now - NEWS <= run.ended <= now - _PATIENCE:
            told.append(run)
            found.append(
                Finding(
                    kind="unreported",
                    subject=run.id,
                    message=f"{run.deployment} ({run.name}) ended {run.state.title()} at "
                    f"{run.ended:%H:%M} UTC, and its alert was lost: {run.message}",
                    what_to_do="Do as the message says. Was Redis, or a disk, lost?",
                )
            )
    return found


def recovery(run: RunEnded, before: Sequence[RunEnded]) -> Finding | None:
    """A completed run right after failed ones; `before` are its predecessors, newest first."""
    failures: list[RunEnded] = []
    for previous in before:
        if previous.state not in FAILED:
            break
        failures.append(previous)
    if run.state != "COMPLETED" or not failures:
        return None
    times = "1 failed run" if len(failures) == 1 else f"{len(failures)} failed runs"
    since = f"{failures[-1].ended:%Y-%m-%d %H:%M} UTC"
    return Finding(
        kind="recovered",
        subject=run.id,
        message=f"{run.deployment} ({run.name}) completed again after {times} since {since}.",
        what_to_do="",
    )


async def _ended(
    client: PrefectClient, states: Sequence[str], names: dict[str, str], **wanted: object
) -> list[RunEnded]:
    query = {"state": {"type": {"any_": list(states)}}, "tags": {"all_": ["ff"]}, **wanted}
    runs = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(query),
        sort=FlowRunSort.END_TIME_DESC,
        limit=_MOST if "deployment_id" in wanted else 200,
    )
    return [
        RunEnded(
            id=str(run.id),
            name=run.name,
            deployment=names.get(str(run.deployment_id), str(run.deployment_id)),
            state=run.state.type.value,
            state_id=str(run.state.id),
            message=run.state.message or "",
            ended=run.end_time,
        )
        for run in runs
        if run.state and run.end_time and run.deployment_id
    ]


async def _alerted(client: PrefectClient, since: datetime) -> frozenset[str]:
    names = {"name": [*delivery.EXECUTED, *delivery.FAILED]}
    found = [delivery.of(event) for event in await delivery.events(client, since, event=names)]
    return frozenset(str(attempt.trigger) for attempt in found)


async def _alerts_since(client: PrefectClient) -> datetime | None:
    """When both automations that tell of failures were made; None where one is missing or off."""
    # Raw: the client's own model drops the time.
    wanted = {"automations": {"name": {"any_": ["ff-run-failed", "ff-run-crashed"]}}}
    found = (await client.request("POST", "/automations/filter", json=wanted)).json()
    on = (a for a in found if a["enabled"] and a.get("created"))
    made = {a["name"]: datetime.fromisoformat(a["created"]) for a in on}
    return max(made.values()) if len(made) == 2 else None


async def look(client: PrefectClient, names: dict[str, str], now: datetime) -> list[Finding]:
    """Repeats whose hour has just ended, and recoveries of the last hour."""
    since = now - 2 * WINDOW - NEWS
    failed = await _ended(client, FAILED, names, end_time={"after_": since.isoformat()})
    found = []
    on_since = await _alerts_since(client) if failed else None
    if on_since:
        alerted = await _alerted(client, since)
        heard = [run for run in failed if run.ended > on_since]
        found = [*repeats(failed, alerted, now), *unreported(heard, alerted, now)]
    recent = {"after_": (now - NEWS).isoformat()}
    ids = {name: identity for identity, name in names.items()}
    for run in await _ended(client, ["COMPLETED"], names, end_time=recent):
        before = {"before_": run.ended.isoformat()}
        previous = await _ended(
            client,
            ["COMPLETED", *FAILED],
            names,
            end_time=before,
            deployment_id={"any_": [ids.get(run.deployment, run.deployment)]},
        )
        earlier = [other for other in previous if other.id != run.id]
        if finding := recovery(run, earlier):
            found.append(finding)
    return found
