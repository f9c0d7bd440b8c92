"""`scripts/watch`: look, mend what is dead, say what is new; again every twenty seconds."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from filelock import FileLock
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.events import Event, Resource
from prefect.events.clients import get_events_client
from prefect.states import Crashed

from deployments.platform.delivery import Redelivery
from deployments.platform.server import let_in
from deployments.watch import episodes, events_path, findings, observe
from deployments.watch.events_path import Ear
from deployments.watch.findings import Finding, Limits
from deployments.watch.memory import memory
from ff_analytics.errors import ConfigError
from ff_analytics.settings import get_settings

INTERVAL = 20.0


def say(line: str) -> None:
    """A line of the watch's own log."""
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}\n")
    sys.stdout.flush()


async def _stale_datasets() -> list[Finding]:
    return observe.stale_datasets()


async def _dead_letters() -> list[Finding]:
    letters = await events_path.dead_letters()
    if not letters:
        return []
    where = "the Redis set dlq" if events_path.in_redis() else "the dlq folder of PREFECT_HOME"
    return [
        Finding(
            kind="dead-letter",
            subject="server",
            message=f"{letters} events could not be processed by the server: alerts may "
            "have been lost.",
            what_to_do=f"See docs/operations.md; then empty {where}.",
        )
    ]


async def look(client: PrefectClient, limits: Limits) -> tuple[list[Finding], frozenset[str]]:
    """Everything that is wrong at this moment, and the kinds that could not be looked for.

    Lake and messages may be away while runs and schedules can be judged all the same.
    """
    now = datetime.now(UTC)
    runs = findings.of_runs(await observe.open_runs(client, now), now, limits)
    silent = findings.of_schedules(await observe.schedules(client, now), now, limits)
    pools = [
        findings.worker_offline(pool, now, limits) for pool in await observe.pools(client, now)
    ]
    gone = [finding for finding in pools if finding]
    ended = await episodes.look(client, await observe.deployment_names(client), now)
    found = [*runs, *silent, *gone, *ended]
    blind = set()
    for kind, others in (("stale-data", _stale_datasets), ("dead-letter", _dead_letters)):
        try:
            found += await others()
        except Exception as error:
            say(f"could not look for {kind}: {type(error).__name__}: {error}")
            blind.add(kind)
    return found, frozenset(blind)


async def bury(client: PrefectClient, found: Sequence[Finding]) -> None:
    """End zombies as Crashed: their concurrency slot is free again, and alerts see it.

    Not by force: the server refuses it for a run that has ended since it was looked at.
    """
    for finding in found:
        if finding.kind == "zombie" and finding.run_id:
            state: State[None] = Crashed(message=f"watch: zombie: {finding.message}")
            await client.set_flow_run_state(UUID(finding.run_id), state)


async def tell(fresh: Sequence[Finding], over: Sequence[dict[str, str]]) -> None:
    """One event per news; automations deliver them."""
    if not fresh and not over:
        return
    async with get_events_client() as client:
        for finding in fresh:
            say(f"{finding.kind}: {finding.message}")
            # A zombie is told by the state it is given: one failure, one message.
            if finding.kind != "zombie":
                payload = finding.model_dump(include={"kind", "subject", "message", "what_to_do"})
                await client.emit(_event(f"ff.watch.{finding.kind}", finding.subject, payload))
        for entry in over:
            say(f"over: {entry['kind']}: {entry['subject']}")
            payload = {**entry, "kind": "recovered", "what": entry["kind"]}
            await client.emit(_event("ff.watch.recovered", entry["subject"], payload))


def _event(name: str, subject: str, payload: dict[str, str]) -> Event:
    resource = Resource.model_validate(
        {"prefect.resource.id": f"ff.watch.{subject}", "prefect.resource.name": subject}
    )
    return Event(event=name, resource=resource, payload={**payload, "count": 1})


async def once(file: Path, limits: Limits, late: Redelivery | None = None) -> int:
    """One look; returns how many findings are open. `late` sends undelivered alerts again."""
    async with get_client() as client:
        with memory(file) as held:
            found, blind = await look(client, limits)
            await bury(client, found)
            await tell(*held.news(found, blind))
        if late:
            with FileLock(file.with_name("late.lock")):
                for line in await late.round(client, datetime.now(UTC)):
                    say(line)
    return sum(finding.kind not in episodes.KINDS for finding in found)


async def forever(file: Path, limits: Limits, interval: float) -> None:
    """Look until stopped; trouble of a look (server down) is said and outlived."""
    say(f"watching every {interval:.0f} s")
    late, ear = Redelivery(), Ear()
    heard = datetime.min.replace(tzinfo=UTC)
    while True:
        if datetime.now(UTC) - heard > timedelta(seconds=3 * interval):
            limits = limits.model_copy(update={"listening": datetime.now(UTC)})
        try:
            await once(file, limits, late)
            async with get_client() as client:
                # Runs of this machine are judged by its process table, which needs no events.
                if observe.of_this_machine_alone() or await ear.hears(client):
                    heard = datetime.now(UTC)
                else:
                    say("the server answers, but events do not arrive")
        except Exception as error:
            say(f"could not look: {type(error).__name__}: {error}")
        await asyncio.sleep(interval)


def main() -> int:
    """Parse and watch; `--once` looks once and returns 1 when something is open."""
    parser = argparse.ArgumentParser(prog="scripts/watch", description=__doc__)
    parser.add_argument("--once", action="store_true", help="look once; exit 1 if anything is open")
    parser.add_argument("--interval", type=float, default=INTERVAL, help="seconds between looks")
    options = parser.parse_args()
    file = get_settings().data / "watch" / "open.json"
    try:
        # Said before anything else: no look can mend a wrong key.
        asyncio.run(let_in())
        if options.once:
            return 1 if asyncio.run(once(file, Limits())) else 0
        asyncio.run(forever(file, Limits(), options.interval))
    except KeyboardInterrupt:
        return 0
    except ConfigError as error:
        sys.stderr.write(f"watch: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
