"""HTTP clients that cannot leave the reach of their source: one per configured host."""

import atexit
import socket
import ssl
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

import httpcore
import httpx

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.policy.urls import Reach, is_public

# Headers for a host other than the configured one; every other header may be a credential.
_HARMLESS = frozenset(
    (
        "host",
        "accept",
        "accept-encoding",
        "user-agent",
        "connection",
        "range",
        "if-none-match",
        "if-modified-since",
    )
)
# One pass of either unpacks at most a thousand times its input; chains of them have no bound.
_CODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))


def resolve(host: str, port: int) -> list[str]:
    """Addresses of `host` in the system's order; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Backend(httpcore.NetworkBackend):
    """Resolves a name once, checks its addresses, and connects to one of exactly these."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.plain = httpcore.SyncBackend()
        self.home_is_public = False

    def _check_address(self, host: str, port: int, addresses: list[str]) -> None:
        url = f"{self.reach.scheme}://{host}:{port}"
        if not self.reach.is_home(host, port):
            self.reach.admit(url, addresses)
            return
        # A name that was on the internet and now points inside has been turned against us.
        inside = not all(map(is_public, addresses))
        if self.home_is_public and inside:
            raise self.reach.refusal(url, "whose addresses were public before and are not now")
        self.home_is_public = self.home_is_public or not inside

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; `SourceError` if one is out of reach."""
        try:
            addresses = resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        self._check_address(host, port, addresses)
        options = None if socket_options is None else list(socket_options)
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return self.plain.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


def _before(reach: Reach, request: httpx.Request) -> None:
    """Check a request, also each hop of a redirect; another host gets no credentials."""
    url = str(request.url)
    reach.check(url)
    host, port = request.url.host, request.url.port
    if reach.is_home(host, port):
        return
    if request.method not in ("GET", "HEAD"):
        raise reach.refusal(url, "another host, which must not get what was sent")
    for name in set(request.headers) - _HARMLESS:
        del request.headers[name]
    try:
        # Also here, because a proxy resolves the name itself and the backend never sees it.
        reach.admit(url, resolve(host, port or reach.port))
    except OSError:
        return


def _after(response: httpx.Response) -> None:
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise SourceError(
            f"{response.url.host} answered with the Content-Encoding {coding[:40]!r}, which is not "
            "read. Ask the source for gzip or none."
        )


@cache
def _tls() -> ssl.SSLContext:
    """The CA bundle, read once for all clients: that costs 0.1 s."""
    return httpx.create_ssl_context()


def _made(reach: Reach) -> httpx.Client:
    secure = reach.scheme == "https"
    made = httpx.Client(
        verify=_tls() if secure else False,
        # A proxy from the environment cannot reach this machine's own loopback.
        trust_env=secure,
        follow_redirects=True,
        # Identity: Parquet is compressed already, and Content-Length then counts its bytes.
        headers={"User-Agent": "ff-analytics", "Accept-Encoding": "identity"},
        event_hooks={"request": [partial(_before, reach)], "response": [_after]},
    )
    transport = made._transport
    assert isinstance(transport, httpx.HTTPTransport)
    # httpx has no parameter for it; a proxy's own transport keeps its plain backend.
    transport._pool._network_backend = Backend(reach)
    atexit.register(made.close)
    return made


_client = cache(_made)


def client(configured: str) -> httpx.Client:
    """The connection pool of the source configured at this address.

    All its requests, including redirects, stay within the source's `Reach`.
    """
    return _client(Reach.of(configured))


__all__ = ["Backend", "client", "resolve"]
