"""What the rules look at: open runs, heartbeats, schedules, workers and the lake's datasets."""

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.settings import get_current_settings

from deployments import manifest
from deployments.local.process_table import processes
from deployments.watch.findings import Finding, RunSeen, ScheduleSeen, Silence
from ff_analytics import lake, sources
from ff_analytics.checks import Status, freshness
from ff_analytics.errors import LakeMissing

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEARTBEAT = "prefect.flow-run.heartbeat"


def process_alive(recorded: str | None, api_url: str) -> bool | None:
    """Whether the run's process on this machine lives; None when it is not of this machine.

    Prefect records the pid alone, or `host:pid`. A pid alone is this machine's only if the
    server is, too: workers elsewhere cannot reach a server on loopback.
    """
    host, _, pid = (recorded or "").rpartition(":")
    here = host == socket.gethostname() if host else urlsplit(api_url).hostname in _LOOPBACK
    if not here or not pid.isdigit():
        return None
    # Dead processes that nobody waited for still have a pid: the process table knows better. And
    # a pid may have been given out again, to something that is no flow run.
    return any(p.pid == int(pid) and "prefect" in p.command for p in processes())


async def heartbeats(client: PrefectClient, since: datetime) -> dict[str, datetime]:
    """Newest heartbeat by flow run id."""
    body = {
        "filter": {
            "event": {"name": [HEARTBEAT]},
            "occurred": {"since": since.isoformat(), "until": datetime.now(UTC).isoformat()},
            "order": "DESC",
        },
        "limit": 50,
    }
    answer = await client.request("POST", "/events/filter", json=body)
    newest: dict[str, datetime] = {}
    for event in answer.json()["events"]:
        run_id = event["resource"]["prefect.resource.id"].rpartition(".")[2]
        moment = datetime.fromisoformat(event["occurred"])
        newest[run_id] = max(newest.get(run_id, moment), moment)
    return newest


async def deployment_names(client: PrefectClient) -> dict[str, str]:
    """`flow/deployment` by deployment id."""
    answer = await client.request("POST", "/deployments/filter", json={})
    flows = (await client.request("POST", "/flows/filter", json={})).json()
    flow_names = {flow["id"]: flow["name"] for flow in flows}
    return {d["id"]: f"{flow_names.get(d['flow_id'], '?')}/{d['name']}" for d in answer.json()}


def _seen(run: FlowRun, names: dict[str, str], beats: dict[str, datetime]) -> RunSeen:
    assert run.state is not None
    return RunSeen(
        id=str(run.id),
        name=run.name,
        deployment=names.get(str(run.deployment_id), "a run without deployment"),
        state=run.state.type.value,
        state_name=run.state.name or run.state.type.value,
        since=run.state.timestamp,
        expected=run.expected_start_time,
        heartbeat=beats.get(str(run.id)),
        process_alive=process_alive(run.infrastructure_pid, str(get_current_settings().api.url)),
    )


async def open_runs(client: PrefectClient, now: datetime) -> list[RunSeen]:
    """Runs that are Pending or Running, and scheduled ones that are due."""
    active = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(
            {"state": {"type": {"any_": ["PENDING", "RUNNING"]}}}
        ),
        limit=200,
    )
    due = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(
            {
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"before_": now.isoformat()},
            }
        ),
        limit=200,
    )
    names = await deployment_names(client)
    beats = await heartbeats(client, now - timedelta(minutes=5))
    return [_seen(run, names, beats) for run in [*active, *due] if run.state]


async def schedules(client: PrefectClient, now: datetime) -> list[ScheduleSeen]:
    """The manifest's schedules that are active on the server, with two days of their runs."""
    wanted = {entry.full_name: entry for entry in manifest.load().deployments}
    names = await deployment_names(client)
    seen = []
    deployments = (await client.request("POST", "/deployments/filter", json={})).json()
    for deployment in deployments:
        name = names[deployment["id"]]
        entry = wanted.get(name)
        if entry is None or deployment["paused"]:
            continue
        active = {
            s["schedule"].get("cron"): datetime.fromisoformat(s["created"])
            for s in deployment["schedules"]
            if s["active"]
        }
        runs = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate(
                {
                    "deployment_id": {"any_": [deployment["id"]]},
                    "expected_start_time": {"after_": (now - timedelta(days=8)).isoformat()},
                }
            ),
            limit=200,
        )
        starts = tuple(run.expected_start_time for run in runs if run.expected_start_time)
        seen += [
            ScheduleSeen(
                deployment=name,
                cron=schedule.cron,
                timezone=schedule.timezone,
                active_since=active[schedule.cron],
                expected_starts=starts,
            )
            for schedule in entry.schedules
            if schedule.cron in active
        ]
    return seen


async def pools(client: PrefectClient, now: datetime) -> list[Silence]:
    """Age of the newest worker heartbeat, by work pool of the manifest."""
    found = []
    for name in sorted({entry.work_pool.name for entry in manifest.load().deployments}):
        answer = await client.request(
            "POST",
            "/work_pools/{work_pool_name}/workers/filter",
            path_params={"work_pool_name": name},
            json={},
        )
        beats = [w["last_heartbeat_time"] for w in answer.json() if w["last_heartbeat_time"]]
        newest = max((datetime.fromisoformat(beat) for beat in beats), default=None)
        found.append(Silence(name, now - newest if newest else timedelta(days=365)))
    return found


def stale_datasets() -> list[Finding]:
    """Datasets whose last load is older than their policy, judged by the lake itself."""
    found = []
    try:
        with lake.connect() as con:
            for dataset, name in sources.by_table().values():
                result = freshness(con, dataset)
                # What was never loaded is nobody's habit yet.
                if result.stale and result.status is not Status.OK:
                    found.append(_stale(name, dataset.table, result.observed, result.expected))
    except LakeMissing:
        return []
    return found


def _stale(source: str, table: str, observed: str, expected: str) -> Finding:
    return Finding(
        kind="stale-data",
        subject=table,
        message=f"{table}: {observed} (policy: {expected}).",
        what_to_do=f"Run and look at ingest/{source}: prefect deployment run 'ingest/{source}'",
    )


def dead_letters(prefect_home: str) -> list[Any]:
    """Events that the server could not process and will not read again."""
    folder = os.path.join(prefect_home, "dlq")  # noqa: PTH118
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208
