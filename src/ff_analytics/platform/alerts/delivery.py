"""Delivery of alerts: Prefect's events contain whether a message was sent, and why not.

Prefect tries once (twice after a 429). `Redelivery` sends the rest later: the watch calls it, and
its only state are the events, so it survives restarts of watch and server.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.blocks.abstract import NotificationError
from prefect.client.orchestration import PrefectClient
from prefect.events import Event, Resource
from prefect.events.clients import get_events_client
from prefect.settings import get_current_settings
from pydantic import BaseModel, ConfigDict

from ff_analytics.platform.api import cloud
from ff_analytics.platform.declared import template
from ff_analytics.platform.declared.files import Automation, load

EXECUTED = cloud.event_names("automation.action.executed")
FAILED = cloud.event_names("automation.action.failed")
DELIVERED_LATE = "ff.alert.delivered"
TEST_LABEL = "ff.notify-test"
# After a day an alert is history; it stays to be read among the server's events.
GIVEN_UP_AFTER = timedelta(hours=24)
_PAGE, _MOST_PAGES = 50, 20
_PAUSES = (timedelta(seconds=30), timedelta(minutes=30))


class Delivery(BaseModel):
    """One attempt of an automation to deliver."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    at: datetime
    automation: str
    trigger: UUID | None
    delivered: bool
    reason: str = ""


async def events(client: PrefectClient, since: datetime, **wanted: Any) -> list[dict[str, Any]]:
    """Events since then that meet the filter, newest first; of very many the newest thousand."""
    found: dict[str, dict[str, Any]] = {}
    until = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    for _ in range(_MOST_PAGES):
        occurred = {"since": since.isoformat(), "until": until}
        body = {"filter": {"occurred": occurred, "order": "DESC", **wanted}, "limit": _PAGE}
        page = (await client.request("POST", "/events/filter", json=body)).json()["events"]
        fresh = {event["id"]: event for event in page if event["id"] not in found}
        found |= fresh
        if len(page) < _PAGE or not fresh:
            break
        until = page[-1]["occurred"]
    return list(found.values())


def _reason(payload: dict[str, Any]) -> str:
    log = str(payload.get("notification_log") or "").strip().splitlines()
    last = re.sub(r"^\[\w+\]: ", "", log[-1]) if log else ""
    text = ": ".join(filter(None, [str(payload.get("reason") or ""), last]))
    # With debug logging the sender logs the address.
    return re.sub(r"(/webhooks/)[^\s?'\"]+", r"\1…", text)


def of(event: dict[str, Any]) -> Delivery:
    """The attempt that an event describes."""
    trigger = next(
        (
            related["prefect.resource.id"].removeprefix("prefect.event.")
            for related in event["related"]
            if related["prefect.resource.role"] == "triggering-event"
        ),
        None,
    )
    return Delivery(
        id=UUID(event["id"]),
        at=datetime.fromisoformat(event["occurred"]),
        automation=event["resource"].get("prefect.resource.name", ""),
        trigger=UUID(trigger) if trigger else None,
        delivered=event["event"] in EXECUTED,
        reason=_reason(event["payload"]),
    )


async def outcomes(client: PrefectClient, since: datetime, triggers: list[UUID]) -> list[Delivery]:
    """What became of the alerts that these events set off."""
    related = {"id": [f"prefect.event.{trigger}" for trigger in triggers]}
    names = {"name": [*EXECUTED, *FAILED]}
    return [of(e) for e in await events(client, since, event=names, related=related)]


async def undelivered(client: PrefectClient, now: datetime) -> list[Delivery]:
    """Undelivered alerts of the last day, oldest first."""
    since = now - GIVEN_UP_AFTER
    ours = {automation.name for automation in load().automations}
    late = await events(client, since, event={"name": [DELIVERED_LATE]})
    done = {event["resource"]["prefect.resource.id"].rpartition(".")[2] for event in late}
    failed = [of(e) for e in await events(client, since, event={"name": list(FAILED)})]
    return [d for d in reversed(failed) if d.automation in ours and str(d.id) not in done]


def message_of(automation: Automation, event: dict[str, Any], ui: str | None) -> str:
    """The message as the automation would have sent it, marked as late."""
    resources = [event["resource"], *event["related"]]
    roles = {r.get("prefect.resource.role", ""): r for r in reversed(resources)}
    run = next(
        (r for r in resources if r["prefect.resource.id"].startswith("prefect.flow-run.")), None
    )
    link = f"{ui}/runs/flow-run/{run['prefect.resource.id'].rpartition('.')[2]}" if run else None
    named = {role: r | {"name": r.get("prefect.resource.name", "")} for role, r in roles.items()}
    context = {
        "event": event | {"resource_in_role": named},
        "flow_run": run and {"name": run.get("prefect.resource.name", ""), "url": link},
    }
    moment = datetime.fromisoformat(event["occurred"])
    late = f"{{{{ '(late, of {moment:%Y-%m-%d %H:%M} UTC) ' }}}}"
    return template.render(template.clamped(late + automation.message.strip()), context)


async def _send(client: PrefectClient, failed: Delivery, automations: Sequence[Automation]) -> bool:
    """Send one alert again; False when there is nothing to send (trigger gone, or a test)."""
    from prefect.blocks.notifications import DiscordWebhook

    trigger = {"id": [str(failed.trigger)]}
    found = (
        await events(client, failed.at - timedelta(hours=1), id=trigger) if failed.trigger else []
    )
    automation = next((a for a in automations if a.name == failed.automation), None)
    if not found or automation is None:
        return False
    text = message_of(automation, found[0], get_current_settings().ui_url)
    block: Any = await DiscordWebhook.aload(automation.block, client=client)
    with block.raise_on_failure():
        await block.anotify(text)
    return True


async def _note(client: PrefectClient, done: list[UUID], now: datetime) -> None:
    """Leave an event for each, and wait until it can be read: the server writes in batches."""
    async with get_events_client() as stream:
        for failed in done:
            resource = Resource.model_validate({"prefect.resource.id": f"ff.alert.{failed}"})
            await stream.emit(Event(event=DELIVERED_LATE, resource=resource))
    wanted = {f"ff.alert.{failed}" for failed in done}
    for _ in range(30):
        late = await events(client, now - GIVEN_UP_AFTER, event={"name": [DELIVERED_LATE]})
        if wanted <= {event["resource"]["prefect.resource.id"] for event in late}:
            return
        await asyncio.sleep(0.5)


class Redelivery:
    """Sends what Prefect could not; pauses ever longer while Discord does not take it.

    One at a time per server, as under the watch's lock: two at once would send twice.
    """

    def __init__(self) -> None:
        self._pause = _PAUSES[0]
        self._not_before = datetime.min.replace(tzinfo=UTC)
        # A server whose disk is full does not store that an alert was delivered.
        self._done: set[UUID] = set()

    async def round(self, client: PrefectClient, now: datetime) -> list[str]:
        """One pass over what is undelivered; lines for a log. Never raises for a sick Discord."""
        if now < self._not_before:
            return []
        said: list[str] = []
        done: list[UUID] = []
        for failed in await undelivered(client, now):
            if failed.id in self._done:
                continue
            try:
                sent = await _send(client, failed, load().automations)
            except (NotificationError, ValueError) as error:
                self._not_before = now + self._pause
                self._pause = min(self._pause * 2, _PAUSES[1])
                what = _reason({"notification_log": str(getattr(error, "log", error))})
                said.append(f"alert of {failed.at:%H:%M} still not delivered: {what}")
                break
            self._pause = _PAUSES[0]
            done.append(failed.id)
            self._done.add(failed.id)
            if sent:
                said.append(f"alert of {failed.at:%H:%M} ({failed.automation}) delivered late")
        if done:
            await _note(client, done, now)
        return said
