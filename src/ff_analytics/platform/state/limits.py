"""Global concurrency limits; those of others are not changed."""

from typing import TYPE_CHECKING

from ff_analytics.platform.declared.changes import Change, compare
from ff_analytics.platform.declared.files import ConcurrencyLimit

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "concurrency limit"


async def plan(
    client: "PrefectClient", limits: list[ConcurrencyLimit]
) -> tuple[list[Change], list[str], int]:
    """Changes, no notes, and how many limits are in step."""
    from ff_analytics.platform.api.server import pages

    wanted = {limit.name: limit.model_dump(exclude={"name"}) for limit in limits}
    present = await pages(client.read_global_concurrency_limits) if wanted else []
    found = {
        limit.name: {
            "limit": limit.limit,
            "slot_decay_per_second": limit.slot_decay_per_second,
        }
        for limit in present
        if limit.name in wanted
    }
    changes, equal = compare(KIND, wanted, found)
    return changes, [], equal


async def apply(
    client: "PrefectClient", limits: list[ConcurrencyLimit], changes: list[Change]
) -> None:
    """Create or update by name."""
    known = {limit.name: limit for limit in limits}
    for change in changes:
        limit = known[change.name]
        await client.upsert_global_concurrency_limit_by_name(
            limit.name, limit.limit, limit.slot_decay_per_second
        )
