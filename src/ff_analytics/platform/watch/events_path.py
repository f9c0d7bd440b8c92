"""Whether events reach the server's books: heartbeats and alerts both travel that way."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from prefect.client.orchestration import PrefectClient
from prefect.events import Event, Resource
from prefect.events.clients import get_events_client
from prefect.settings import get_current_settings

from ff_analytics.platform.alerts import delivery

PROBE = "ff.probe.heard"


class Ear:
    """Sends an event at each check and listens for it at the next.

    Messaging may be down (Redis, the background services) while the API answers. Then missing
    heartbeats of runs on other machines mean nothing.
    """

    def __init__(self) -> None:
        self._sent: tuple[str, datetime] | None = None

    async def hears(self, client: PrefectClient) -> bool:
        """Whether the event of the look before has arrived; True at the first look."""
        before, self._sent = self._sent, None
        now = datetime.now(UTC)
        name = f"ff.probe.{uuid4()}"
        async with get_events_client() as stream:
            resource = Resource.model_validate({"prefect.resource.id": name})
            await stream.emit(Event(event=PROBE, resource=resource))
        self._sent = name, now
        if before is None:
            return True
        found = await delivery.events(
            client, before[1] - timedelta(minutes=1), resource={"id": [before[0]]}
        )
        return bool(found)


def in_redis() -> bool:
    """Whether the server's messages go through Redis."""
    return get_current_settings().server.events.messaging_broker == "prefect_redis.messaging"


async def dead_letters() -> int:
    """How many events the server could not process and will not read again."""
    folder = os.path.join(str(get_current_settings().home), "dlq")  # noqa: PTH118
    kept = len(os.listdir(folder)) if os.path.isdir(folder) else 0  # noqa: ASYNC240, PTH112, PTH208
    if not in_redis():
        return kept
    from prefect_redis.client import get_async_redis_client

    # Where prefect-redis puts them, instead of the folder.
    return kept + int(await get_async_redis_client().scard("dlq"))
