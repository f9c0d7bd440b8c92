"""What Prefect Cloud and a server of one's own name or want differently, all of it.

The rest is the same: Prefect's client finds workspace, events and UI from PREFECT_API_URL.
"""

import re

from prefect.settings import get_current_settings

_WORKSPACE = re.compile(r"/accounts/[0-9a-f-]{36}/workspaces/[0-9a-f-]{36}/?$")


def is_cloud(url: str | None) -> bool:
    """Whether the address is Prefect Cloud's, as Prefect itself decides it."""
    return (url or "").startswith(get_current_settings().cloud.api_url)


def event_names(happening: str) -> tuple[str, str]:
    """What happens to automations, as a server of one's own calls it and as Cloud does."""
    return f"prefect.{happening}", f"prefect-cloud.{happening}"


def misconfigured() -> str | None:
    """Why these settings cannot reach Cloud, in a sentence; None where they can, or want not to.

    Prefect itself warns of the page's address in place of the API's.
    """
    settings = get_current_settings()
    url = str(settings.api.url or "")
    if not is_cloud(url):
        return None
    if not settings.api.key:
        return (
            "PREFECT_API_URL is Prefect Cloud but PREFECT_API_KEY is not set. Make a key in "
            "Cloud under your profile and set it in .env or the environment."
        )
    if settings.api.auth_string:
        return (
            "PREFECT_API_AUTH_STRING is set, and Prefect would send it to Cloud instead of "
            "PREFECT_API_KEY. Take that line, and PREFECT_SERVER_API_AUTH_STRING, out of .env."
        )
    if not _WORKSPACE.search(url):
        return (
            f"PREFECT_API_URL {url} names no workspace. It ends in "
            "/accounts/<id>/workspaces/<id>; `prefect cloud workspace ls` or the page's address "
            "shows the ids."
        )
    return None


def refused(url: str, status: int) -> str:
    """What is wrong where the API answers 401 or 403."""
    if is_cloud(url):
        return (
            f"Prefect Cloud does not let us in ({status}): PREFECT_API_KEY is wrong or has "
            "expired, or may not use this workspace. Make a new one in Cloud under your profile."
        )
    return (
        f"The Prefect server at {url} does not let us in ({status}): PREFECT_API_AUTH_STRING "
        "is wrong or missing."
    )
