"""`ff watch`: check, end dead runs, report new findings; every twenty seconds."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect.client.orchestration import PrefectClient, get_client
from prefect.events import Event, Resource
from prefect.events.clients import get_events_client

from ff_analytics.platform.alerts import delivery
from ff_analytics.platform.alerts.delivery import Redelivery
from ff_analytics.platform.log import watch as log
from ff_analytics.platform.processes import watch_process
from ff_analytics.platform.watch import observe
from ff_analytics.platform.watch.events_path import Ear
from ff_analytics.platform.watch.findings import OF_RUNS, Limits
from ff_analytics.platform.watch.memory import KEPT, Memory, Message, State, alone
from ff_analytics.platform.watch.poll import Seen, end_zombies, look

INTERVAL = 20.0


async def send(outbox: Sequence[Message]) -> None:
    """Emit one event per message; automations deliver them."""
    if not outbox:
        return
    async with get_events_client() as client:
        for message in outbox:
            log(f"{message.event}: {message.subject}: {message.payload['message']}")
            name = {"prefect.resource.id": f"ff.watch.{message.subject}"}
            resource = Resource.model_validate(name | {"prefect.resource.name": message.subject})
            payload = {**message.payload, "count": 1}
            await client.emit(
                Event(id=message.id, event=message.event, resource=resource, payload=payload)
            )


async def _recall(client: PrefectClient, held: Memory, state: State) -> None:
    """Read earlier reports from the server, at the start and after a failed attempt to report."""
    if held.asks_since is None and not state.outbox:
        return
    since = held.asks_since or datetime.now(UTC) - KEPT
    state.hear(await delivery.events(client, since, event={"prefix": ["ff.watch."]}))
    held.asks_since = None


async def once(held: Memory, limits: Limits, late: Redelivery | None = None) -> Seen:
    """One check and its reports. `late` sends undelivered alerts again."""
    async with get_client() as client:
        with held.held() as state:
            await _recall(client, held, state)
            seen = await look(client, limits)
            await end_zombies(client, seen.found)
            state.news(*seen)
            # Written before the report: a watch that ends in between reports it later, once.
            held.save()
            await send(state.outbox)
            if state.outbox:
                state.outbox.clear()
                held.save()
        if late:
            with alone(held.file.with_name("late.lock")):
                for line in await late.round(client, datetime.now(UTC)):
                    log(line)
    return seen


async def forever(
    file: Path, limits: Limits, interval: float, workers: watch_process.Workers | None = None
) -> None:
    """Check until stopped, or until the last worker has ended if it was started for workers.

    Errors of a check (server down) are logged and do not end the loop.
    """
    log(f"watching every {interval:.0f} s")
    held, late, ear = Memory(file), Redelivery(), Ear()
    heard = datetime.min.replace(tzinfo=UTC)
    while True:
        if datetime.now(UTC) - heard > timedelta(seconds=3 * interval):
            limits = limits.model_copy(update={"listening": datetime.now(UTC)})
        try:
            seen = await once(held, limits, late)
            async with get_client() as client:
                # Runs of this machine are checked in its process table, which needs no events.
                if seen.blind & OF_RUNS:
                    log("the server answers only in part")
                elif observe.of_this_machine_alone() or await ear.hears(client):
                    heard = datetime.now(UTC)
                else:
                    log("the server answers, but events do not arrive")
        except Exception as error:
            log(f"could not look: {type(error).__name__}: {error}")
        if workers is None:
            await asyncio.sleep(interval)
        elif not await workers.rest(interval):
            log("the last worker has ended, and so does the watch")
            return


def beside_workers(file: Path, limits: Limits, interval: float) -> None:
    """Look as long as workers need it; nothing where another watch looks already."""
    while True:
        workers = watch_process.Workers(file.parent)
        with watch_process.only_watch(file.parent) as mine:
            if not mine:
                return
            asyncio.run(forever(file, limits, interval, workers))
        # A worker that started in between found a watch, and started none.
        if not workers.need_the_watch():
            return


def alone_or_after(file: Path, limits: Limits, interval: float) -> None:
    """Look until stopped; after another watch of this folder, if there is one."""
    waiting = False
    while True:
        with watch_process.only_watch(file.parent) as mine:
            if mine:
                asyncio.run(forever(file, limits, interval))
        if not waiting:
            log("another watch of this folder is active; this one waits for its end")
        waiting = True
        time.sleep(interval / 4)
