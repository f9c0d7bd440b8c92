"""The one door to providers over HTTP: which URLs are allowed, which answers are retried.

Only this module and `download` know httpx; a provider's client is `get()` plus its own reading
of the body.
"""

import atexit
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from ff_analytics.errors import (
    ConfigError,
    SourceError,
    SourceMissing,
    SourceUnavailable,
)
from ff_analytics.retries import PassingError, stamina
from ff_analytics.settings import Settings
from ff_analytics.source import Traffic

T = TypeVar("T")

LONGEST_WAIT = 120.0  # seconds; a provider that asks for more gets a failed run, not a hung one


def public(url: str) -> str:
    """`url` without user, password and query, which may hold secrets: fit for messages."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def is_loopback(host: str | None) -> bool:
    """True for this machine's own addresses."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_url(url: str) -> str:
    """Return `url` if it may be read: https, http on this machine, or a local file://.

    Raises `ConfigError` for anything else: what travels in clear can be changed on the way.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(f"{url!r} is not a URL: write https://host/path.") from None
    if parts.scheme == "https" and host:
        return url
    if parts.scheme == "http" and is_loopback(host):
        return url
    if parts.scheme == "file" and host in (None, "localhost") and parts.path.startswith("/"):
        return url
    raise ConfigError(
        f"{public(url)!r} is not allowed: use https://, http:// on 127.0.0.1 or localhost, "
        "or file:///absolute/folder."
    )


@cache
def client(scheme: str) -> httpx.Client:
    """The process's connection pool for `scheme`; reading the CA bundle once costs 0.1 s.

    Without TLS no bundle is read and no proxy asked; such a client refuses https, because it
    would not verify it, and every client refuses a redirect to another scheme.
    """

    def same_scheme(request: httpx.Request) -> None:
        if request.url.scheme != scheme or (scheme == "http" and not is_loopback(request.url.host)):
            raise SourceError(
                f"A {scheme} address was redirected to {public(str(request.url))}, which is not "
                f"{scheme}. Correct the base URL."
            )

    made = httpx.Client(
        verify=scheme == "https",
        # A proxy from the environment cannot reach this machine's own loopback.
        trust_env=scheme == "https",
        follow_redirects=True,
        # Identity: Parquet is compressed already, and Content-Length then counts its bytes.
        headers={"User-Agent": "ff-analytics", "Accept-Encoding": "identity"},
        event_hooks={"request": [same_scheme]},
    )
    atexit.register(made.close)
    return made


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the provider asks to wait, from either form of Retry-After."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    try:
        moment: datetime = parsedate_to_datetime(value)
    except ValueError:
        return None
    # "-0000" means UTC of unknown origin and comes back without a timezone.
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def classify(response: httpx.Response, url: str) -> None:
    """Pass 2xx and 304; raise `PassingError` for what may mend itself, else `SourceError`."""
    status = response.status_code
    where, answered = public(url), f"HTTP {status} {response.reason_phrase}".strip()
    if response.is_success or status == httpx.codes.NOT_MODIFIED:
        return
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT) or status >= 500:
        wait = retry_after(response)
        if wait is not None and wait > LONGEST_WAIT:
            raise SourceUnavailable(
                f"{where} answered {answered} and asks to wait {wait:.0f} s. Run again after that."
            )
        raise PassingError(f"answered {answered}", wait)
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise SourceMissing(
            f"{where} does not exist (HTTP {status}). Check the base URL and what was asked for."
        )
    raise SourceError(
        f"{where} refused the request ({answered}). Check the base URL and the credentials."
    )


def _reason(error: Exception, settings: Settings) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"did not answer within {settings.http_timeout:g} s (FF_HTTP_TIMEOUT)"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"broke off its answer ({error})"
    if isinstance(error, httpx.TransportError):
        return f"could not be reached ({error or type(error).__name__})"
    return str(error)


def retrying(url: str, attempt_once: Callable[[], T], settings: Settings, traffic: Traffic) -> T:
    """Run `attempt_once` until it succeeds, up to FF_HTTP_ATTEMPTS times, with growing waits.

    Retried: timeouts, connections that fail or break off, and `PassingError`. A 4xx never is.
    Raises `SourceUnavailable`, naming the URL, when the attempts are used up.
    """

    def on(error: Exception) -> bool | float:
        # A number returned here replaces stamina's own wait, without jitter on top.
        if isinstance(error, PassingError) and error.wait is not None:
            traffic.throttled_seconds += error.wait
            return error.wait
        return isinstance(error, PassingError | httpx.TransportError)

    tries = 0
    try:
        for attempt in stamina.retry_context(
            on=on, attempts=settings.http_attempts, timeout=None, wait_initial=0.5, wait_max=20.0
        ):
            with attempt:
                tries = attempt.num
                traffic.calls += 1
                traffic.retries += tries > 1
                return attempt_once()
    except (PassingError, httpx.TransportError) as error:
        where, reason = public(url), _reason(error, settings)
        what = reason if reason.startswith(where) else f"{where} {reason}"
        raise SourceUnavailable(
            f"{what}, in each of {tries} tries. Check the network or try again later."
        ) from error
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise SourceError(f"{public(url)} could not be read ({error}).") from error
    raise AssertionError("unreachable")


def get(
    url: str,
    *,
    settings: Settings,
    traffic: Traffic,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One GET with timeout and retries; the body is read whole, so use it for API answers.

    Raises `SourceMissing` (404), `SourceError` (other 4xx), `SourceUnavailable` (the rest).
    """
    scheme = urlsplit(check_url(url)).scheme

    def once() -> httpx.Response:
        response = client(scheme).get(
            url, headers=headers, params=params, timeout=settings.http_timeout
        )
        classify(response, url)
        return response

    return retrying(url, once, settings, traffic)
