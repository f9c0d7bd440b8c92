"""One account at one provider over HTTP: tokens, rate limit, and the provider's error dialect."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from ff_analytics.engine.base.errors import AuthError, RateLimited, SourceError
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.client import LONGEST_WAIT, ask, check_url, classify, public, retrying
from ff_analytics.engine.http.traffic import Traffic


@dataclass(frozen=True)
class Answer:
    """The provider's answer; `body` is its JSON, or None if it is not JSON."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: Any
    response: httpx.Response


class TokenRefused(Exception):
    """The access token was not taken; a new one may be."""


# Classifies status, headers and body: raises PassingError (retry), TokenRefused, or a SourceError
# that no retry can fix. Returns if the answer is good.
Dialect = Callable[[Answer], None]


def throttled(what: str, wait: float | None) -> Exception:
    """The error for "not now": retried in this run up to `LONGEST_WAIT`, else a failed run."""
    if wait is not None and wait > LONGEST_WAIT:
        until = datetime.now(UTC) + timedelta(seconds=wait)
        return RateLimited(
            f"{what}, and requires a wait of {wait:.0f} s. Loaded rows stay; run again after "
            f"{until:%Y-%m-%d %H:%M} UTC."
        )
    return PassingError(what, wait)


def plain(answer: Answer) -> None:
    """The dialect of a provider whose status codes can be trusted.

    A success without JSON is retried: proxies and gateways send pages under 200.
    """
    if answer.status == httpx.codes.UNAUTHORIZED:
        raise TokenRefused
    classify(answer.response, answer.url)
    if answer.body is None:
        raise PassingError(f"answered HTTP {answer.status} with something that is not JSON")


@dataclass
class RateLimiter:
    """A token bucket: `rate` requests per second, `burst` at once; `hold` pauses it.

    Threads may share it; they wait one after another.
    """

    rate: float
    burst: int = 1
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _level: float | None = None
    _seen: float = 0.0
    _held_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def wait(self) -> float:
        """Wait until the next request is allowed; returns the seconds waited."""
        with self._lock:
            return self._wait()

    def _wait(self) -> float:
        now = self.clock()
        level = self.burst if self._level is None else self._level
        level = min(float(self.burst), level + (now - self._seen) * self.rate)
        pause = max((1 - level) / self.rate if level < 1 else 0.0, self._held_until - now)
        if pause > 0:
            self.sleep(pause)
        self._seen = now + max(pause, 0.0)
        self._level = level + max(pause, 0.0) * self.rate - 1
        return max(pause, 0.0)

    def hold(self, seconds: float) -> None:
        """No request for `seconds` from now: the provider reported a nearly empty bucket."""
        self._held_until = max(self._held_until, self.clock() + min(seconds, LONGEST_WAIT))


@dataclass
class Api:
    """Requests to one account.

    `authorise(renew)` returns the headers; with `renew` the previous token was refused, so it must
    fetch a new one (or raise `AuthError` if there is none). `who` names the account in
    messages and contains no secret.
    """

    who: str
    base_url: str
    settings: Settings
    traffic: Traffic
    authorise: Callable[[bool], Mapping[str, str]]
    dialect: Dialect = plain
    limiter: RateLimiter | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base_url = check_url(self.base_url).rstrip("/")

    def url(self, path: str) -> str:
        """Absolute address of `path`; an absolute one must be on the account's own host.

        Addresses of next pages come from answers: followed blindly they could carry the token
        to another host.
        """
        if "://" not in path:
            return f"{self.base_url}/{path.lstrip('/')}"
        ours, theirs = urlsplit(self.base_url), urlsplit(path)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise SourceError(
                f"{self.who}: an answer points to {public(path)}, which is not on "
                f"{public(self.base_url)}. It was not followed, since it would get the token."
            )
        return path

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request with retries, with a body as `json` or as `form`.

        The token is renewed at most once.
        Raises `AuthError`, `RateLimited`, `SourceUnavailable` or `SourceError`.
        """
        url = self.url(path)
        try:
            return self._attempts(method, url, params, json, form, renew=False)
        except TokenRefused:
            pass
        try:
            return self._attempts(method, url, params, json, form, renew=True)
        except TokenRefused:
            raise AuthError(
                f"{self.who}: {public(url)} refuses the credentials, also with a new token. "
                "Put valid ones into the block or the environment."
            ) from None

    def _attempts(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        json: Any,
        form: Mapping[str, str] | None,
        *,
        renew: bool,
    ) -> Answer:
        headers = {**self.headers, **self.authorise(renew)}
        secrets = secrets_in(headers, form)

        def once() -> Answer:
            if self.limiter:
                self.traffic.throttled_seconds += self.limiter.wait()
            response = ask(
                self.base_url,
                method,
                url,
                self.settings,
                params=params,
                json=json,
                data=form,
                headers=headers,
                follow_redirects=False,
            )
            self.traffic.bytes += len(response.content)
            self._stay(response)
            answer = Answer(url, response.status_code, response.headers, _json(response), response)
            try:
                self.dialect(answer)
            except Exception as error:
                # Providers repeat what they were sent: "Malformed access token ...".
                error.args = tuple(_without(secrets, arg) for arg in error.args)
                raise
            return answer

        return retrying(url, once, self.settings, self.traffic)

    def _stay(self, response: httpx.Response) -> None:
        """Refuse a redirect: httpx would take every header but `Authorization` to another host."""
        if response.has_redirect_location:
            raise SourceError(
                f"{self.who}: {public(str(response.url))} redirects to "
                f"{public(response.headers['location'])}. It was not followed, since it would get "
                "the token. Set base_url of the credentials to the address that answers."
            )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Body of a GET."""
        return self.request("GET", path, params=params).body

    def post(self, path: str, json: Any, params: Mapping[str, str] | None = None) -> Any:
        """Body of a POST that may safely be sent twice: a query or a report job."""
        return self.request("POST", path, json=json, params=params).body

    def part(self, body: Any, *path: str | int) -> Any:
        """The value at `path` in an answer.

        Raises `SourceError` naming the path when the answer has another shape.
        """
        found = body
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                raise SourceError(
                    f"{self.who}: an answer of {public(self.base_url)} has no "
                    f"{'.'.join(map(str, path))}. Check the base URL; if it is right, the "
                    "provider changed its layout."
                ) from None
        return found


_HARMLESS = {"accept", "content-type", "revision", "login-customer-id", "grant_type"}


def secrets_in(headers: Mapping[str, str], form: Mapping[str, str] | None) -> list[str]:
    """Tokens and keys that a request carries, longest first; short words are none."""
    sent = {**headers, **(form or {})}
    words = {v.split()[-1] for n, v in sent.items() if v.strip() and n.lower() not in _HARMLESS}
    return sorted((word for word in words if len(word) >= 6), key=len, reverse=True)


def _without(secrets: list[str], text: Any) -> Any:
    if isinstance(text, str):
        for secret in secrets:
            text = text.replace(secret, "***")
    return text


def _json(response: httpx.Response) -> Any:
    try:
        return fast_json.loads(response.content)
    except fast_json.TooDeep as error:
        raise SourceError(f"{public(str(response.url))} answered with JSON {error}.") from None
    except ValueError:
        return None


def json_lines(
    url: str, source: str, settings: Settings, traffic: Traffic
) -> Iterator[dict[str, Any]]:
    """Records of a result file at a signed address that `source` named; it gets no token.

    The file is read completely before the first record is yielded, so a broken transfer is retried
    and never partially visible.
    """

    def once() -> bytes:
        response = ask(source, "GET", url, settings)
        classify(response, url)
        return response.content

    content = retrying(url, once, settings, traffic)
    traffic.bytes += len(content)
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield fast_json.loads(line)
        except ValueError:
            raise SourceError(
                f"{public(url)}: line {number} is not JSON. Nothing was loaded from it."
            ) from None
