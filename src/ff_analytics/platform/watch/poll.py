"""One check of runs, schedules, workers, lake and events; a failed part affects no other."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State
from prefect.states import Crashed

from ff_analytics.platform import exposure
from ff_analytics.platform.log import watch as log
from ff_analytics.platform.watch import episodes, events_path, findings, observe
from ff_analytics.platform.watch.findings import Finding, Limits

_OF_SERVER = findings.OF_RUNS | {"schedule-silent", "worker-offline"} | episodes.KINDS


class Seen(NamedTuple):
    """What is wrong at this moment, and the kinds that could not be looked for."""

    found: list[Finding]
    blind: frozenset[str]


class _Part(NamedTuple):
    """A part of the look, and the kinds of findings that only it can find."""

    name: str
    kinds: frozenset[str]
    find: Callable[[], Awaitable[list[Finding]]]


def _parts(client: PrefectClient, limits: Limits, now: datetime) -> list[_Part]:
    async def runs() -> list[Finding]:
        return findings.of_runs(await observe.open_runs(client, now), now, limits)

    async def schedules() -> list[Finding]:
        return findings.of_schedules(await observe.schedules(client, now), now, limits)

    async def workers() -> list[Finding]:
        pools = await observe.pools(client, now)
        return [f for pool in pools if (f := findings.worker_offline(pool, now, limits))]

    async def ended() -> list[Finding]:
        return await episodes.look(client, await observe.deployment_names(client), now)

    async def lake() -> list[Finding]:
        return observe.of_lake()

    return [
        _Part("open runs", findings.OF_RUNS, runs),
        _Part("schedules", frozenset({"schedule-silent"}), schedules),
        _Part("workers", frozenset({"worker-offline"}), workers),
        _Part("ended runs", episodes.KINDS, ended),
        _Part("the lake", frozenset({"stale-data", "clock"}) | observe.NO_LAKE, lake),
        _Part("what is exposed", frozenset({"env-exposed", "weak-login"}), _exposed),
        _Part("dead letters", frozenset({"dead-letter"}), _dead_letters),
    ]


async def _exposed() -> list[Finding]:
    return [
        Finding(kind=one.kind, subject=one.what, message=one.found, what_to_do=one.what_to_do)
        for one in exposure.all_of()
    ]


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


async def look(client: PrefectClient, limits: Limits) -> Seen:
    """Look at every part. Raises what the last part met where the server answers none."""
    found: list[Finding] = []
    blind: set[str] = set()
    last: Exception | None = None
    for part in _parts(client, limits, datetime.now(UTC)):
        try:
            found += await part.find()
        except Exception as error:
            log(f"could not look at {part.name}: {type(error).__name__}: {error}")
            blind |= part.kinds
            last = error
    if any(finding.kind in observe.NO_LAKE for finding in found):
        # Without a lake no dataset can be checked: stale datasets stay open.
        blind.add("stale-data")
    if last and blind >= _OF_SERVER:
        raise last
    return Seen(found, frozenset(blind))


async def end_zombies(client: PrefectClient, found: Sequence[Finding]) -> None:
    """End zombies as Crashed: their concurrency slot is free again, and alerts see it.

    Not by force: the server refuses it for a run that has ended since it was looked at. A zombie
    that could not be ended is found again by the next look.
    """
    for finding in found:
        if finding.kind == "zombie" and finding.run_id:
            state: State[None] = Crashed(message=finding.state_message)
            try:
                await client.set_flow_run_state(UUID(finding.run_id), state)
            except Exception as error:
                log(f"could not end {finding.subject}: {type(error).__name__}: {error}")
