"""Conditional download of one file: fetched again only when the provider has a new one.

The caller's `known` state (from the lake) describes the loaded file, a note beside the cached file
describes the cache. ETag or Last-Modified of either saves the transfer; the hash of the content
decides whether it changed.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.bounds.limits import copy_bounded, disk_error, too_large
from ff_analytics.engine.base.errors import SourceError, SourceMissing
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.client import check_url, classify, client, public, retrying
from ff_analytics.engine.http.policy.source_files import allowed_file
from ff_analytics.engine.http.traffic import Cursor, Traffic

# A body may take this many times FF_HTTP_TIMEOUT, so that a trickle does not hang a run.
BODY_TIMEOUTS = 20


@dataclass(frozen=True)
class Download:
    """A file's state at the provider. `path` has the bytes; None when they are not needed."""

    state: Cursor
    path: Path | None
    changed: bool

    def content(self, settings: Settings) -> bytes:
        """The bytes; `SourceError` past FF_ANSWER_LIMIT_MB."""
        assert self.path is not None, f"{self.state['url']}: nothing was downloaded"
        if self.path.stat().st_size > settings.answer_limit_mb << 20:
            raise too_large(self.state["url"], settings.answer_limit_mb, "FF_ANSWER_LIMIT_MB")
        return self.path.read_bytes()

    def discard(self) -> None:
        """Drop an unusable file from the cache, so that the next run fetches it again."""
        if self.path is not None and urlsplit(self.state["url"]).scheme != "file":
            _note(self.path).unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)


def _note(target: Path) -> Path:
    return target.with_name(target.name + ".json")


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cached(target: Path, url: str) -> Cursor | None:
    # The hash is checked on every use: a kill between the two writes, or a damaged disk,
    # leaves a file that its note does not describe.
    try:
        state: Cursor = json.loads(_note(target).read_text())
        ok = state["url"] == public(url) and state["sha256"] == sha256_of(target)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return state if ok else None


def _conditions(state: Mapping[str, Any] | None, url: str) -> dict[str, str]:
    # An ETag means nothing at another address.
    if not state or state.get("url") != public(url):
        return {}
    named = {"If-None-Match": state.get("etag"), "If-Modified-Since": state.get("last_modified")}
    return {header: value for header, value in named.items() if value}


def stream_body(response: httpx.Response, part: Path, settings: Settings) -> str:
    """Write the body to `part` and return its hash.

    Raises `PassingError` when it is cut short, `SourceError` when it is too large, and
    `PublishError` when the disk is full.
    """
    digest = hashlib.sha256()
    end = time.monotonic() + BODY_TIMEOUTS * settings.http_timeout

    def chunks() -> Iterator[bytes]:
        for chunk in response.iter_bytes():
            digest.update(chunk)
            yield chunk
            if time.monotonic() > end:
                raise httpx.ReadTimeout("the body took too long", request=response.request)

    with part.open("wb") as file:
        where = public(str(response.url))
        copy_bounded(chunks(), file, part, where, settings.unpacked_limit_mb)
    expected = response.headers.get("Content-Length")
    if expected is not None and int(expected) != response.num_bytes_downloaded:
        raise PassingError(
            f"broke off the download ({response.num_bytes_downloaded} of {expected} bytes)"
        )
    return digest.hexdigest()


def _fetch(
    url: str, target: Path, conditions: dict[str, str], settings: Settings, traffic: Traffic
) -> Cursor | None:
    """Fetch into `target` and return its state, or None for the answer "not modified"."""

    def once(part: Path) -> Cursor | None:
        with client(url).stream(
            "GET", url, headers=conditions, timeout=settings.http_timeout
        ) as response:
            classify(response, url)
            if response.status_code == httpx.codes.NOT_MODIFIED:
                # An attempt before this one may have been cut short.
                part.unlink(missing_ok=True)
                return None
            digest = stream_body(response, part, settings)
            traffic.bytes += response.num_bytes_downloaded
            return {
                "url": public(url),
                "etag": response.headers.get("ETag"),
                "last_modified": response.headers.get("Last-Modified"),
                "sha256": digest,
            }

    try:
        with replacing(target) as part:
            state = retrying(url, lambda: once(part), settings, traffic)
        if state is not None:
            _note(target).write_text(json.dumps(state))
        return state
    except OSError as error:
        raise disk_error(target, error) from error


def _local(url: str, known: Mapping[str, Any] | None, settings: Settings) -> Download:
    path = allowed_file(url, settings)
    try:
        state = {"url": public(url), "etag": None, "last_modified": None, "sha256": sha256_of(path)}
    except FileNotFoundError:
        raise SourceMissing(f"{url} does not exist. Check the folder and the file name.") from None
    except OSError as error:
        raise SourceError(f"{url} could not be read ({error.strerror}).") from error
    return Download(state, path, changed=not known or known.get("sha256") != state["sha256"])


def download(
    url: str,
    *,
    known: Mapping[str, Any] | None,
    settings: Settings,
    traffic: Traffic,
    force: bool = False,
) -> Download:
    """Bring `url` into the cache unless it is as `known` (url, etag, last_modified, sha256).

    `force` requests without conditions and reports a change even if the bytes are the same.
    Raises `SourceMissing`, `SourceError`, `SourceUnavailable` (see `http`), or `PublishError`
    when the cache cannot be written. A broken download never replaces a complete one.
    """
    if urlsplit(check_url(url)).scheme == "file":
        found = _local(url, known, settings)
        return Download(found.state, found.path, changed=force or found.changed)
    # The name depends on the complete address: two mirrors must not share a file.
    name = hashlib.sha256(url.encode()).hexdigest()[:16] + "-" + Path(urlsplit(url).path).name
    target = settings.cache_dir / name
    cached = None if force else _cached(target, url)
    have = None if force else cached or known
    conditions = _conditions(have, url)
    state = _fetch(url, target, conditions, settings, traffic)
    if state is not None:
        return Download(
            state, target, changed=force or not known or known.get("sha256") != state["sha256"]
        )
    if not conditions or have is None:
        raise SourceError(f"{public(url)} answered 'not modified' to a request without conditions.")
    changed = not known or known.get("sha256") != have["sha256"]
    return Download(dict(have), target if cached else None, changed)
