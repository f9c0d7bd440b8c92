"""Requests to providers over HTTP: classification and retries of answers.

`urls` decides which addresses may be read, `guarded` creates clients that enforce it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from ff_analytics.engine.base.bounds.limits import too_large
from ff_analytics.engine.base.errors import SourceError, SourceMissing, SourceUnavailable
from ff_analytics.engine.base.retries import PassingError, provider
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.policy.guarded import client
from ff_analytics.engine.http.policy.urls import check_url, is_loopback, public
from ff_analytics.engine.http.traffic import Traffic

__all__ = ["ask", "check_url", "classify", "client", "get", "is_loopback", "public", "retrying"]

T = TypeVar("T")

LONGEST_WAIT = 120.0  # seconds; a longer wait fails the run instead of hanging it


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the provider requires to wait, from either form of Retry-After."""
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
    """Accept 2xx and 304; raise `PassingError` for transient errors, else `SourceError`."""
    status = response.status_code
    where, answered = public(url), f"HTTP {status} {response.reason_phrase}".strip()
    if response.is_success or status == httpx.codes.NOT_MODIFIED:
        return
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT) or status >= 500:
        wait = retry_after(response)
        if wait is not None and wait > LONGEST_WAIT:
            raise SourceUnavailable(
                f"{where} answered {answered} and requires a wait of {wait:.0f} s. "
                "Run again after that."
            )
        raise PassingError(f"answered {answered}", wait)
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise SourceMissing(
            f"{where} does not exist (HTTP {status}). Check the base URL and the request."
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
        for attempt in provider(settings.http_attempts).attempts_on(on):
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


def ask(source: str, method: str, url: str, settings: Settings, **request: Any) -> httpx.Response:
    """One request to `url`, which `source` configured or named; the body is read into memory.

    Raises `SourceError` for an answer of more than FF_ANSWER_LIMIT_MB unpacked.
    """
    limit = settings.answer_limit_mb
    with client(source).stream(method, url, timeout=settings.http_timeout, **request) as response:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limit << 20:
                raise too_large(public(url), limit, "FF_ANSWER_LIMIT_MB")
        packed = ("content-encoding", "content-length", "transfer-encoding")
        return httpx.Response(
            response.status_code,
            headers=[pair for pair in response.headers.multi_items() if pair[0] not in packed],
            content=bytes(body),
            request=response.request,
            extensions={"reason_phrase": response.reason_phrase.encode()},
        )


def get(
    url: str,
    *,
    settings: Settings,
    traffic: Traffic,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One GET with timeout and retries; the complete body is read, so use it for API answers.

    Raises `SourceMissing` (404), `SourceError` (other 4xx), `SourceUnavailable` (the rest).
    """

    def once() -> httpx.Response:
        response = ask(url, "GET", url, settings, headers=headers, params=params)
        classify(response, url)
        return response

    return retrying(url, once, settings, traffic)
