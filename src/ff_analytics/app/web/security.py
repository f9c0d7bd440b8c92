"""What no request gets past: foreign hosts and sites, missing login, scripts that are not ours."""

from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ff_analytics.app.web import login

# Nothing from elsewhere, nothing inline: a script smuggled in with data would not run even if
# the escaping failed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
}
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_OPEN = ("/login", "/enter", "/health", "/static/")


def _host(value: str) -> str | None:
    try:
        return urlsplit(f"//{value}").hostname
    except ValueError:
        return None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def foreign(connection: HTTPConnection) -> str:
    """Why a host or origin is not this machine's; empty when it is."""
    headers = connection.headers
    host, origin = headers.get("host", ""), headers.get("origin")
    # A foreign name that resolves to loopback would make a foreign page one of ours.
    if _host(host) not in _HOSTS:
        return "Only requests to 127.0.0.1 and localhost are answered."
    if origin is not None and _netloc(origin) != host:
        return "The request comes from a page of another site."
    return ""


def refusal(connection: HTTPConnection) -> str:
    """Why a request comes from where none should come from; empty when it does not."""
    if why := foreign(connection):
        return why
    headers = connection.headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    safe = connection.scope.get("method") in ("GET", "HEAD")
    if not safe and origin is None and site not in ("same-origin", "none"):
        return "A form of another site, or of an unknown one, changes nothing here."
    # A link from elsewhere may lead here; an image, script, frame or fetch may not.
    if site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
        return "Pages of other sites cannot load parts of the app."
    return ""


def from_elsewhere(connection: HTTPConnection) -> bool:
    """True for a link followed from another site: what it asks for is shown, not run."""
    return connection.headers.get("sec-fetch-site") in ("cross-site", "same-site")


class Guard:
    """ASGI middleware: refuse, ask for the login, and put the policy on every answer."""

    def __init__(self, app: ASGIApp, known: str) -> None:
        self._app = app
        self._login = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # There is none; one that is asked for is refused before any handshake.
            await send({"type": "websocket.close", "code": 1008})
            return
        connection = HTTPConnection(scope)
        answer = self._stop(connection)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [
                    (name.encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.encode() not in there
                ]
            await send(message)

        await (answer or self._app)(scope, receive, with_headers)

    def _stop(self, connection: HTTPConnection) -> Response | None:
        if why := refusal(connection):
            return PlainTextResponse(why, 403)
        path = connection.url.path
        if any(path == p or (p.endswith("/") and path.startswith(p)) for p in _OPEN):
            return None
        cookie, header = (
            connection.cookies.get(login.COOKIE),
            connection.headers.get("authorization"),
        )
        if login.allowed(self._login, cookie, header):
            return None
        if header or "text/html" not in connection.headers.get("accept", ""):
            return PlainTextResponse(
                "Log in with the user and password of the Prefect API.",
                401,
                {"www-authenticate": 'Basic realm="ff-analytics"'},
            )
        wanted = path + (f"?{connection.url.query}" if connection.url.query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)


def own_path(value: str) -> str:
    """`value` if it is a path of this app, else `/`: a login leads to no other site."""
    plain = value.startswith("/") and not value.startswith(("//", "/\\")) and value.isprintable()
    return value if plain and "\\" not in value else "/"
