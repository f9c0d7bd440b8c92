"""The app as ASGI: routes, and what each error becomes."""

import functools
import threading
from collections.abc import Callable
from contextlib import nullcontext

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ff_analytics.app.cancel import cancellable
from ff_analytics.app.pages import channels, home, reports
from ff_analytics.app.pages.fantasy import accuracy, league, player, players
from ff_analytics.app.pages.lake import catalog, sql
from ff_analytics.app.running import GREETING
from ff_analytics.app.web import login_routes, security
from ff_analytics.app.web.page import Page, part, show, static
from ff_analytics.app.web.prefect import Server
from ff_analytics.app.web.settings import ServerSettings, server_settings
from ff_analytics.engine.base.errors import ConfigError, FFError, LakeMissing
from ff_analytics.engine.base.settings import Settings, get_settings

Shows = Callable[[Page], Response]
PAGES: dict[str, Shows] = {
    "/": home.home,
    "/players": players.grid,
    "/players/compare": players.compare,
    "/player/{id:path}": player.player,
    "/league": league.league,
    "/channels": channels.channels,
    "/catalog": catalog.catalog,
    "/catalog/changes": catalog.changes,
    "/catalog/{table}": catalog.table,
    "/accuracy": accuracy.accuracy,
}


def _trouble(page: Page, error: FFError) -> Response:
    """An error as a page: what is wrong and what to do."""
    status = 503 if error.transient else 500
    if isinstance(error, ConfigError | LakeMissing):
        status = 400 if isinstance(error, ConfigError) else 404
    body = part("trouble.html.j2", page=page, error=error, missing=isinstance(error, LakeMissing))
    title = (
        "There is nothing to show yet" if isinstance(error, LakeMissing) else "This did not work"
    )
    return show(page, title, body, status=status, known=False)


def _endpoint(shows: Shows, settings: Settings) -> Callable[[Request], Response]:
    @functools.wraps(shows)
    def answer(request: Request) -> Response:
        page = Page(request, settings)
        try:
            # The first page has something to show without a lake.
            with nullcontext() if shows is home.home else page.reader.together():
                return shows(page)
        except FFError as error:
            return _trouble(page, error)

    return answer


def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return PlainTextResponse("There is no such page. The pages start at /.", status)


def create_app(settings: Settings | None = None, server: ServerSettings | None = None) -> Starlette:
    """The app over these settings. Raises `ConfigError` when there is no login."""
    settings, server = settings or get_settings(), server or server_settings()
    login = server.login()
    entry = login_routes.LoginRoutes(login)
    routes = [
        Route("/health", lambda request: PlainTextResponse(GREETING)),
        Route("/static/{digest}/{name}", static),
        Route("/login", entry.login, methods=["GET", "POST"]),
        Route("/enter", entry.enter),
        Route("/logout", entry.logout, methods=["POST"]),
        Route("/reports/{name:path}", functools.partial(reports.report, settings=settings)),
        *(Route(path, _endpoint(shows, settings)) for path, shows in PAGES.items()),
        Route("/sql", cancellable(_endpoint(sql.console, settings))),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(security.Guard, known=login)],
        exception_handlers={404: _missing, 405: _missing},
    )
    app.state.server = Server(server)
    return app


def warm(app: Starlette, settings: Settings) -> None:
    """Read what the first pages need, beside the start, so that they are quick."""

    def read() -> None:
        from ff_analytics.engine.read.dictionary import dictionary
        from ff_analytics.engine.read.reader import reader
        from ff_analytics.engine.read.tables import facts

        try:
            app.state.server.state()
            known = reader(settings=settings)
            with known.together():
                facts(known)
            dictionary(settings)
        except FFError:
            # The page that needs it says so.
            return

    threading.Thread(target=read, name="warm", daemon=True).start()
