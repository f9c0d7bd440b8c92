"""Trigger a deployment and follow its run until it ends."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import LogFilter
from prefect.client.schemas.objects import FlowRun, Log
from prefect.client.schemas.sorting import LogSort
from prefect.deployments import run_deployment

from ff_analytics.engine.base.errors import FFError

# Seconds until a run that no worker picks up is abandoned.
PATIENCE = 90


class RunFailed(FFError):
    """A flow run ended in another state than Completed."""

    kind = "run"


# The server hands out at most this many lines at once.
PAGE = 200
LATE = timedelta(seconds=10)

# Seconds for the last log lines: a run ends before the process has sent them.
LAST_LINES = 3

# Log lines of the orchestrator itself; the stages' own lines show the progress.
_NOISE = ("Finished in state", "Beginning flow run", "View at ", "Created task run")


class _Lines:
    """Log lines of a run, each once; every poll requests only possibly new ones."""

    def __init__(self, client: PrefectClient, run_id: UUID) -> None:
        self._client = client
        self._wanted = {"flow_run_id": {"any_": [str(run_id)]}, "level": {"ge_": 20}}
        self._seen: set[UUID] = set()
        self._until: datetime | None = None

    async def new(self) -> list[Log]:
        """All lines that were not handed out yet, over as many pages as there are."""
        # Tasks send their lines in batches of their own: some arrive after later ones.
        after = {"timestamp": {"after_": self._until - LATE}} if self._until else {}
        wanted = LogFilter.model_validate(self._wanted | after)
        fresh: list[Log] = []
        offset = 0
        while page := await self._client.read_logs(
            wanted, limit=PAGE, offset=offset, sort=LogSort.TIMESTAMP_ASC
        ):
            fresh += [log for log in page if log.id and log.id not in self._seen]
            offset += len(page)
            if len(page) < PAGE:
                break
        self._seen.update(log.id for log in fresh if log.id)
        self._until = max((log.timestamp for log in fresh), default=self._until)
        return fresh


def _is_progress(log: Log) -> bool:
    return log.name != "prefect.flow_runs.worker" and not log.message.startswith(_NOISE)


def _is_last(log: Log) -> bool:
    """The flow's own closing line; tasks close with the same words."""
    return log.task_run_id is None and log.message.startswith("Finished in state")


async def _follow(
    run_id: UUID,
    tell: Callable[[str], None],
    alive: Callable[[], None],
    timeout: float,  # noqa: ASYNC109
) -> FlowRun:
    clock = asyncio.get_running_loop()
    started = clock.time()
    deadline = started + timeout
    closed, ended_at = False, None
    async with get_client() as client:
        lines = _Lines(client, run_id)
        while True:
            alive()
            run = await client.read_flow_run(run_id)
            if run.state and run.state.is_final():
                ended_at = ended_at or clock.time()
            fresh = await lines.new()
            for log in filter(_is_progress, fresh):
                tell(log.message)
            closed = closed or any(map(_is_last, fresh))
            if ended_at and (closed or clock.time() > ended_at + LAST_LINES):
                return run
            if run.start_time is None and clock.time() > started + PATIENCE:
                raise RunFailed(
                    f"The run {run.name} is {run.state_name} and was not picked up within "
                    f"{PATIENCE} s. Is a worker of its pool running, and its limit free?"
                )
            if clock.time() > deadline:
                raise RunFailed(
                    f"The run {run.name} is still {run.state_name} after {timeout:.0f} s. "
                    "Is a worker polling the pool?"
                )
            await asyncio.sleep(0.25)


def run_and_follow(
    deployment: str,
    parameters: dict[str, Any] | None = None,
    *,
    tell: Callable[[str], None] = lambda line: None,
    alive: Callable[[], None] = lambda: None,
    timeout: float = 600,
) -> FlowRun:
    """Trigger `flow/deployment`, pass its log lines to `tell`, return the completed run.

    Raises `RunFailed` with the state's message otherwise; `alive` may raise while waiting.
    """

    async def both() -> FlowRun:
        started = await run_deployment(deployment, parameters=parameters or {}, timeout=0)  # type: ignore[misc]
        return await _follow(started.id, tell, alive, timeout)

    run = asyncio.run(both())
    if not (run.state and run.state.is_completed()):
        message = run.state.message if run.state else "no state"
        raise RunFailed(f"{deployment} ended {run.state_name}: {message}")
    return run
