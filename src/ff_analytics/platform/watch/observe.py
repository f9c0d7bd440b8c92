"""Input of the rules: open runs, heartbeats, schedules, workers and the lake's datasets."""

import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.settings import get_current_settings

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged, LakeForeign, LakeMissing
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.checks.checks import freshness
from ff_analytics.engine.checks.result import Status
from ff_analytics.engine.lake import damage
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.domain import switched_off
from ff_analytics.engine.sources.loading_deployments import last_brought
from ff_analytics.platform import manifest
from ff_analytics.platform.alerts import delivery
from ff_analytics.platform.api.server import pages
from ff_analytics.platform.loopback import LOOPBACK
from ff_analytics.platform.processes.process_table import is_run, processes
from ff_analytics.platform.watch.findings import Finding, RunSeen, ScheduleSeen, Silence

if TYPE_CHECKING:
    import duckdb

HEARTBEAT = "prefect.flow-run.heartbeat"
# Kinds of findings about the lake itself, instead of its datasets.
NO_LAKE = frozenset({LakeDamaged.kind, LakeForeign.kind})
# Runs per query of heartbeats: ten each in five minutes fit into one answer.
_TOGETHER = 100


def of_this_machine_alone() -> bool:
    """Whether no other machine can have workers: the server listens on loopback, with SQLite.

    A server on Postgres may have replicas elsewhere, and this one may be reached past a proxy.
    """
    settings = get_current_settings()
    url = urlsplit(str(settings.api.url or ""))
    database = settings.server.database.connection_url
    shared = database is not None and database.get_secret_value().startswith("postgresql")
    return url.hostname in LOOPBACK and settings.server.api.host in LOOPBACK and not shared


def process_alive(recorded: str | None, alone: bool) -> bool | None:
    """Whether the run's process on this machine lives; None when it may be elsewhere.

    Prefect records the pid, or `host:pid`. A pid without a host is meaningful only if all
    workers are on this machine (`alone`).
    """
    host, _, pid = (recorded or "").rpartition(":")
    here = host == socket.gethostname() if host else alone
    if not here or not pid.isdigit():
        return None
    # Dead processes without a waiting parent still have a pid: check the process table. And
    # a pid may have been given out again, to something that is no flow run.
    return any(p.pid == int(pid) and is_run(p) for p in processes())


async def heartbeats(
    client: PrefectClient, since: datetime, runs: Sequence[FlowRun]
) -> dict[str, datetime]:
    """Newest heartbeat of these runs by flow run id."""
    newest: dict[str, datetime] = {}
    for first in range(0, len(runs), _TOGETHER):
        ids = [f"prefect.flow-run.{run.id}" for run in runs[first : first + _TOGETHER]]
        wanted = {"event": {"name": [HEARTBEAT]}, "resource": {"id": ids}}
        for event in await delivery.events(client, since, **wanted):
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


def _seen(run: FlowRun, names: dict[str, str], beats: dict[str, datetime], alone: bool) -> RunSeen:
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
        process_alive=process_alive(run.infrastructure_pid, alone),
        begun=bool(run.infrastructure_pid),
    )


async def open_runs(client: PrefectClient, now: datetime) -> list[RunSeen]:
    """Runs that are Pending or Running, and scheduled ones that are due."""
    under_way = {"state": {"type": {"any_": ["PENDING", "RUNNING"]}}}
    due = {
        "state": {"type": {"any_": ["SCHEDULED"]}},
        "expected_start_time": {"before_": now.isoformat()},
    }
    active, waiting = [
        await pages(client.read_flow_runs, flow_run_filter=FlowRunFilter.model_validate(wanted))
        for wanted in (under_way, due)
    ]
    names = await deployment_names(client)
    beats = await heartbeats(client, now - timedelta(minutes=5), active)
    alone = of_this_machine_alone()
    return [_seen(run, names, beats, alone) for run in [*active, *waiting] if run.state]


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


def _of_lake(kind: str, subject: str, message: str) -> Finding:
    return Finding(
        kind=kind,
        subject=subject,
        message=message,
        what_to_do="ff doctor, then docs/operations.md, 'Backup and restore'.",
    )


def _damaged(con: "duckdb.DuckDBPyConnection") -> list[Finding]:
    """One finding per table with lost or damaged files, however many they are."""
    found: dict[str, Finding] = {}
    for one in damage.damaged_files(con, get_settings()):
        if one.table not in found:
            found[one.table] = _of_lake(LakeDamaged.kind, one.table, damage.sentence(con, one))
    return list(found.values())


def of_lake() -> list[Finding]:
    """Damage of the lake, and datasets whose last load is older than their policy."""
    found = []
    try:
        with lake.connect() as con:
            identity.shared(con, get_settings())
            found += _damaged(con)
            if said := lake.ahead_of_clock(con):
                todo = "Set the clock (timedatectl), then load again: ages depend on it."
                found.append(Finding(kind="clock", subject="lake", message=said, what_to_do=todo))
            # A lake into which nothing was ever ingested.
            if not lake.table_exists(con, "ops.ingest_runs"):
                return found
            for dataset, name in sources.by_table().values():
                if switched_off(sources.domain_of(name), get_settings()):
                    continue
                result = freshness(con, dataset)
                # A table that was never loaded is not expected.
                if result.stale and result.status is not Status.OK:
                    loads = last_brought(con, dataset.table) or f"ingest/{name}"
                    found.append(_stale(loads, dataset.table, result.observed, result.expected))
    except LakeMissing:
        return []
    except (LakeDamaged, LakeForeign) as error:
        return [_of_lake(error.kind, "lake", str(error))]
    return found


def _stale(deployment: str, table: str, observed: str, expected: str) -> Finding:
    return Finding(
        kind="stale-data",
        subject=table,
        message=f"{table}: {observed} (policy: {expected}).",
        what_to_do=f"Run and look at {deployment}: prefect deployment run '{deployment}'",
    )
