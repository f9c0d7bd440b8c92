"""`ff notify-test`: one message of each kind through the real path, and whether it arrived.

Events like those of failing runs make the automations send through the block; they change nothing
on the server. Prefect's event about each delivery is the result. With --local no
Discord account is needed: copies of the automations send to this command, which prints the
messages as they would appear in the channel.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.events import Event, RelatedResource, Resource
from prefect.events.clients import get_events_client
from prefect.settings import get_current_settings

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.alerts import delivery, notifiers
from ff_analytics.platform.api.server import connect
from ff_analytics.platform.declared.files import load
from ff_analytics.platform.state import automations, local_sink

PATIENCE = 25.0
NOTE = "this is only a test of the alert path, nothing has failed"


def _run_event(state: str, message: str, nonce: str) -> Event:
    """The server's event for such an end; the nonce keeps it from counting as a repeat."""
    related = [("flow", "prefect.flow"), ("deployment", "prefect.deployment")]
    return Event(
        event=f"prefect.flow-run.{state.title()}",
        resource=Resource.model_validate(
            {
                "prefect.resource.id": f"prefect.flow-run.{nonce}",
                "prefect.resource.name": "notify-test",
                "prefect.run-count": "1",
                "prefect.state-type": state,
                "prefect.state-name": state.title(),
                "prefect.state-message": message,
                delivery.TEST_LABEL: "true",
            }
        ),
        related=[
            RelatedResource.model_validate(
                {
                    "prefect.resource.id": f"{kind}.{nonce}",
                    "prefect.resource.role": role,
                    "prefect.resource.name": "notify-test",
                }
            )
            for role, kind in related
        ]
        + [
            RelatedResource.model_validate(
                {"prefect.resource.id": "prefect.tag.ff", "prefect.resource.role": "tag"}
            )
        ],
    )


def samples(nonce: str) -> dict[str, Event]:
    """One event per kind of alert, about resources that only this test knows."""
    finding = {"kind": "late", "subject": "notify-test", "message": NOTE, "what_to_do": "Nothing."}
    test = {delivery.TEST_LABEL: "true"}
    dataset = Resource.model_validate({"prefect.resource.id": f"ff.dataset.{nonce}", **test})
    watch = Resource.model_validate({"prefect.resource.id": f"ff.watch.{nonce}", **test})
    return {
        "⚠️ run failed": _run_event("FAILED", f"notify-test: configuration: {NOTE}", nonce),
        "🔴 contract": _run_event("FAILED", f"notify-test: contract: {NOTE}", nonce),
        "🚨 run crashed": _run_event("CRASHED", f"notify-test: {NOTE}", nonce),
        "ℹ️ input warned": Event(  # noqa: RUF001
            event="ff.input.warned", resource=dataset, payload={"message": NOTE}
        ),
        "🚨 watch": Event(event="ff.watch.late", resource=watch, payload={**finding, "count": 1}),
    }


async def _ready(client: PrefectClient) -> None:
    """`ConfigError` when it is clear already why nothing can arrive."""
    declared = load()
    _, notes, usable = await notifiers.plan(client, declared.blocks)
    if len(usable) < len(declared.blocks):
        raise ConfigError(f"{notes[0]}.")
    present = await automations.ours(client)
    missing = [a.name for a in declared.automations if a.name not in present]
    if missing or None in usable.values():
        what = ", ".join(missing) or "the block"
        raise ConfigError(f"Not on the server yet: {what}. Run ff platform apply first.")


Outcomes = dict[str, delivery.Delivery | None]


async def _send(client: PrefectClient, sent: dict[str, Event], patience: float) -> Outcomes:
    """Emit the events, and wait for what became of each; None: no automation took it up."""
    since = datetime.now(UTC) - timedelta(seconds=5)
    async with get_events_client() as stream:
        for event in sent.values():
            await stream.emit(event)
    waiting: list[UUID] = [event.id for event in sent.values()]
    clock = asyncio.get_running_loop()
    deadline = clock.time() + patience
    while True:
        found = {d.trigger: d for d in await delivery.outcomes(client, since, waiting)}
        if len(found) == len(waiting) or clock.time() > deadline:
            return {kind: found.get(event.id) for kind, event in sent.items()}
        await asyncio.sleep(0.5)


async def run(patience: float = PATIENCE) -> Outcomes:
    """Send through the automations and the block of the server to Discord."""
    async with connect() as client:
        await _ready(client)
        return await _send(client, samples(str(uuid4())), patience)


async def run_local(sink: local_sink.Sink, patience: float = PATIENCE) -> Outcomes:
    """Send through copies of the declared automations to `sink`."""
    declared, nonce = load(), str(uuid4())
    local_sink.require_local(str(get_current_settings().api.url or ""))
    sent = {
        kind: event.model_copy(update={"resource": _renamed(event.resource, nonce)})
        for kind, event in samples(nonce).items()
    }
    async with (
        connect() as client,
        local_sink.copies(client, sink, nonce, declared.automations, declared.blocks[0]),
    ):
        return await _send(client, sent, patience)


def _renamed(resource: Resource, nonce: str) -> Resource:
    labels = dict(resource.root)
    labels["prefect.resource.id"] = local_sink.prefixed(nonce, labels["prefect.resource.id"])
    return Resource.model_validate(labels)


def line(kind: str, outcome: delivery.Delivery | None) -> str:
    """One line of the report."""
    sign, _, name = kind.partition(" ")
    kind = f"{sign} {name:<14}"
    if outcome is None:
        said = f"no word within {PATIENCE:.0f} s: is its automation switched off?"
        return f"{kind} NOT delivered: {said} (ff platform plan)"
    return f"{kind} {'delivered' if outcome.delivered else f'NOT delivered: {outcome.reason}'}"
