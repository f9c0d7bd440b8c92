"""Notification blocks: fed from environment variables, never from files of the repo."""

import os
from typing import TYPE_CHECKING, Any
from uuid import UUID

from blocks import alerts
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform import env_file
from ff_analytics.platform.declared.changes import Change
from ff_analytics.platform.declared.files import Block

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "block"


def value_of(variable: str) -> str | None:
    """The variable's value from the environment or .env; None when unset or empty."""
    return (os.environ.get(variable) or env_file.read().get(variable) or "").strip() or None


async def _read(client: "PrefectClient", block: Block) -> Any:
    from prefect.exceptions import ObjectNotFound

    try:
        return await client.read_block_document_by_name(block.name, block.type)
    except ObjectNotFound:
        return None


def _fields(block: Block, url: str) -> dict[str, str]:
    webhook_id, token = alerts.parse(url, block.url_from)
    return {"webhook_id": webhook_id, "webhook_token": token, "botname": block.botname}


def difference(block: Block, url: str | None, data: dict[str, Any] | None) -> Change | None:
    """What `apply` would do; values are compared but never shown.

    A server that hands secrets out masked (Prefect Cloud, by rights) cannot be compared:
    what is masked counts as equal.
    """
    if url is None:
        return None
    if data is None:
        return Change(kind=KIND, name=block.name, action="create")
    different = [
        name
        for name, value in _fields(block, url).items()
        if data.get(name) != value and "****" not in str(data.get(name))
    ]
    if not different:
        return None
    lines = tuple(f"{name} differs from {block.url_from}" for name in different)
    return Change(kind=KIND, name=block.name, action="update", details=lines)


async def plan(
    client: "PrefectClient", blocks: list[Block]
) -> tuple[list[Change], list[str], dict[str, UUID | None]]:
    """Changes, notes, and the id of every block that automations can use.

    None marks a block that `apply` will create; a block that is neither on the server nor
    configured by its variable is omitted: objects that need it cannot be applied.
    """
    changes: list[Change] = []
    notes: list[str] = []
    usable: dict[str, UUID | None] = {}
    for block in blocks:
        document = await _read(client, block)
        url = value_of(block.url_from)
        if change := difference(block, url, document.data if document else None):
            changes.append(change)
        if document or url:
            usable[block.name] = document.id if document else None
        if url is None and document is None:
            notes.append(
                f"{block.url_from} is not set: no block {block.name}, and alerts are off. "
                "Set it in .env or the environment, then ff platform apply. ff notify-test --local "
                "shows the alerts without it"
            )
        elif url is None:
            notes.append(f"block {block.name} is kept as it is: {block.url_from} is not set here")
    return changes, notes, usable


async def apply(client: "PrefectClient", blocks: list[Block], changes: list[Change]) -> list[str]:
    """Save each changed block; remarks. `ConfigError` for an address Discord does not know."""
    known = {block.name: block for block in blocks}
    remarks = []
    for change in changes:
        block = known[change.name]
        url = value_of(block.url_from)
        if url is None:
            raise ConfigError(f"{block.url_from} is not set any more; set it and apply again.")
        made = alerts.discord_block(url, block.botname, block.url_from)
        if remark := alerts.introduce(url, block.botname, block.url_from):
            remarks.append(remark)
        await made.save(block.name, overwrite=True, client=client)
    return remarks
