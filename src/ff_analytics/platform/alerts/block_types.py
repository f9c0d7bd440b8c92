"""Types of credential blocks, so that people can fill them in on the UI's page of blocks."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import blocks
from ff_analytics.platform.declared.changes import Change

if TYPE_CHECKING:
    from prefect.blocks.core import Block
    from prefect.client.orchestration import PrefectClient

KIND = "block type"


def declared() -> "dict[str, type[Block]]":
    """Block classes by slug: those that a module of `blocks/` lists as `TYPES`."""
    modules = (import_module(f"blocks.{found.name}") for found in iter_modules(blocks.__path__))
    types = (one for module in modules for one in getattr(module, "TYPES", ()))
    return {one.get_block_type_slug(): one for one in types}


async def _registered(client: "PrefectClient", slug: str, kind: "type[Block]") -> str | None:
    """What is missing on the server: the type, its present fields, or nothing."""
    from prefect.exceptions import ObjectNotFound

    try:
        await client.read_block_type_by_slug(slug)
    except ObjectNotFound:
        return "create"
    try:
        await client.read_block_schema_by_checksum(
            kind._calculate_schema_checksum(), kind.get_block_schema_version()
        )
    except ObjectNotFound:
        return "update"
    return None


async def plan(client: "PrefectClient") -> tuple[list[Change], list[str], int]:
    """Changes, no notes, and how many types the server knows as they are; others are not ours."""
    changes = []
    types = declared()
    for slug, kind in types.items():
        match await _registered(client, slug, kind):
            case "create":
                changes.append(Change(kind=KIND, name=slug, action="create"))
            case "update":
                details = ("its fields are not those of the repo",)
                changes.append(Change(kind=KIND, name=slug, action="update", details=details))
    return changes, [], len(types) - len(changes)


async def apply(client: "PrefectClient", changes: list[Change]) -> None:
    """Register each changed type; stored blocks stay."""
    types = declared()
    for change in changes:
        await types[change.name].aregister_type_and_schema(client=client)
