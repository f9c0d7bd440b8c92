"""Automations: found by name and our mark, so that those of people are never touched."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ff_analytics.platform.declared.changes import Change, compare, flatten
from ff_analytics.platform.declared.files import Automation
from ff_analytics.platform.declared.template import clamped

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "automation"
OWNER = "ff-platform"


def definition(automation: Automation, block_id: UUID | None) -> dict[str, Any]:
    """The automation as the API takes it."""
    action = {
        "type": "send-notification",
        "block_document_id": str(block_id) if block_id else None,
        "subject": "",  # all in the body, where the clamp is
        "body": clamped(automation.message),
    }
    return {
        "name": automation.name,
        "description": automation.description,
        "tags": ["ff", OWNER],
        "trigger": {"type": "event", **automation.trigger.model_dump()},
        "actions": [action],
    }


def _in_order(value: Any) -> Any:
    """Sets come back from the server as lists in any order, and labels as one or as many."""
    if isinstance(value, list):
        return sorted(value, key=str) if len(value) != 1 else value[0]
    return value


def fields(definition: dict[str, Any]) -> dict[str, Any]:
    """What is compared: trigger and action by dotted names, in one order."""
    flat = {"description": definition["description"]}
    trigger = {k: v for k, v in definition["trigger"].items() if v not in ({}, [])}
    flat |= {name: _in_order(value) for name, value in flatten(trigger, "trigger").items()}
    for number, action in enumerate(definition["actions"]):
        flat |= flatten(action, f"action {number}")
    return flat | {"actions": len(definition["actions"])}


def _comparable(wanted: dict[str, Any], found: dict[str, Any] | None) -> dict[str, Any]:
    """The desired fields; a condition that only the server has must be removed."""
    gone = {name for name in found or {} if name.startswith("trigger.match")}
    return {**dict.fromkeys(sorted(gone)), **wanted}


async def ours(client: "PrefectClient") -> dict[str, Any]:
    """Automations with our mark, by name; of two with one name the later is an extra."""
    from ff_analytics.platform.api.server import pages

    found: dict[str, Any] = {}
    for automation in await pages(client.read_automations):
        if OWNER in automation.tags:
            twice = automation.name in found
            found[f"{automation.name} (again, {automation.id})" if twice else automation.name] = (
                automation
            )
    return found


async def plan(
    client: "PrefectClient", automations: list[Automation], usable: dict[str, UUID | None]
) -> tuple[list[Change], list[str], int]:
    """Changes, notes, and how many are in step; without its block an automation is left out."""
    present = await ours(client)
    found = {name: fields(a.model_dump(mode="json")) for name, a in present.items()}
    wanted = {}
    for automation in automations:
        if automation.block in usable:
            want = fields(definition(automation, usable[automation.block]))
            wanted[automation.name] = _comparable(want, found.get(automation.name))
        else:
            found.pop(automation.name, None)
    changes, equal = compare(KIND, wanted, found)
    notes = [
        f"automation {name} is switched off; it stays so"
        for name, automation in present.items()
        if name in wanted and not automation.enabled
    ]
    return changes, notes, equal


async def apply(
    client: "PrefectClient",
    automations: list[Automation],
    changes: list[Change],
    usable: dict[str, UUID | None],
) -> None:
    """Create or update by name; one that a person switched off stays off."""
    from prefect.events.schemas.automations import AutomationCore

    known = {automation.name: automation for automation in automations}
    present = await ours(client) if changes else {}
    for change in changes:
        automation = known[change.name]
        body = definition(automation, usable[automation.block])
        if change.name in present:
            body["enabled"] = present[change.name].enabled
            await client.update_automation(
                present[change.name].id, AutomationCore.model_validate(body)
            )
        else:
            await client.create_automation(AutomationCore.model_validate(body))
    if any(change.name not in present for change in changes):
        await _remove_doubles(client, set(known))


async def _remove_doubles(client: "PrefectClient", names: set[str]) -> None:
    """Of two with one name keep one: two commands may have created it at the same time.

    By id, so that both commands keep the same one.
    """
    from prefect.exceptions import ObjectNotFound

    from ff_analytics.platform.api.server import pages

    mine = [a for a in await pages(client.read_automations) if OWNER in a.tags and a.name in names]
    seen: set[str] = set()
    for automation in sorted(mine, key=lambda a: str(a.id)):
        if automation.name in seen:
            with suppress(ObjectNotFound):
                await client.delete_automation(automation.id)
        seen.add(automation.name)


async def remove(client: "PrefectClient", changes: list[Change]) -> None:
    """Delete what `plan` called extra."""
    present = await ours(client) if changes else {}
    for change in changes:
        if change.name in present:
            await client.delete_automation(present[change.name].id)
