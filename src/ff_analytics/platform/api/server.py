"""The way to the Prefect API, the same for a self-hosted server and Prefect Cloud."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

# At the top: Prefect's start-up hooks refuse to run inside an event loop.
from prefect.client.orchestration import PrefectClient, get_client
from prefect.settings import get_current_settings

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.api import cloud

_PAGE = 200


class ServerUnreachable(ConfigError):
    """There is no server at the address now."""


def _address() -> str:
    """The API's address; refuses what Prefect would answer with a server of its own."""
    api = get_current_settings().api
    if not api.url:
        raise ConfigError(
            "PREFECT_API_URL is not set, so there is no server to compare with. Run it in the "
            "project's folder, or set the variable."
        )
    if wrong := cloud.misconfigured():
        raise ConfigError(wrong)
    return api.url


@asynccontextmanager
async def connect() -> AsyncIterator[PrefectClient]:
    """A client; `ConfigError` for a missing address or key, a dead server, a wrong password."""
    url = _address()
    try:
        async with get_client() as client:
            yield client
    except httpx.HTTPStatusError as error:
        if error.response.status_code not in (401, 403):
            raise
        raise ConfigError(cloud.refused(url, error.response.status_code)) from None
    except httpx.TransportError as error:
        raise ServerUnreachable(
            f"No Prefect server answers at {url} ({type(error).__name__}). Start it "
            "(prefect server start, or scripts/quickstart) or correct PREFECT_API_URL."
        ) from None


async def let_in() -> None:
    """`ConfigError` when settings or credentials are wrong; a server that is away is not."""
    with suppress(ServerUnreachable):
        async with connect() as client:
            await client.request("POST", "/work_pools/filter", json={"limit": 1})


async def pages(read: Callable[..., Awaitable[list[Any]]], **filters: Any) -> list[Any]:
    """Every object of a listing that the API hands out page by page."""
    found: list[Any] = []
    while True:
        page = await read(limit=_PAGE, offset=len(found), **filters)
        found += page
        if len(page) < _PAGE:
            return found
