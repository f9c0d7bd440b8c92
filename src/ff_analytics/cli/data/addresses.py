"""What can be opened. A part of the platform with pages of its own adds a function to `KINDS`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple


class Address(NamedTuple):
    """One thing that a browser can open."""

    name: str
    about: str
    url: str


def _ui() -> Iterator[Address]:
    from ff_analytics.platform import env_file
    from ff_analytics.platform.api.rest import address, ui_of

    url = address()["PREFECT_API_URL"] or f"http://127.0.0.1:{env_file.DEFAULT_PORT}/api"
    yield Address("ui", "Prefect UI; login: PREFECT_API_AUTH_STRING in .env", ui_of(url))


def _reports() -> Iterator[Address]:
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.products.pages.listing import day_pages

    folder = get_settings().reports_dir
    # The index links the days before.
    days = {file for *_, file in day_pages(folder)}
    files = [file for file in folder.rglob("*.html") if file not in days]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        # `valuation`, `valuation/my_league`, `valuation/scenarios/…`: as below data/reports.
        name = file.relative_to(folder).with_suffix("").as_posix()
        yield Address(name, f"report of {written:%Y-%m-%d %H:%M} UTC", file.as_uri())


def _app() -> Iterator[Address]:
    from ff_analytics.app import running
    from ff_analytics.engine.base.settings import get_settings

    if port := running.port_of(get_settings()):
        yield Address("app", "the app; this address logs in once", running.entry(port))


KINDS: list[Callable[[], Iterator[Address]]] = [_app, _ui, _reports]


def addresses() -> list[Address]:
    """All of them: pages of the server first, then reports, newest first."""
    return [one for kind in KINDS for one in kind()]
