"""Bring the pages of a source to disk, one file each; a retry goes on after the last whole one."""

import gzip
import hashlib
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from ff_analytics.engine.base.bounds.limits import copy_bounded, disk_error
from ff_analytics.engine.base.errors import (
    ConfigError,
    SourceError,
    SourceMissing,
    SourceUnavailable,
)
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl import paging
from ff_analytics.engine.etl.config import ExtractConfig
from ff_analytics.engine.etl.readers.formats import form_of
from ff_analytics.engine.http.client import classify, client, public, retrying
from ff_analytics.engine.http.download import stream_body
from ff_analytics.engine.http.policy.source_files import path_of
from ff_analytics.engine.http.policy.urls import Reach
from ff_analytics.engine.http.traffic import Traffic

# More pages than this is a source that pages in a circle.
MOST_PAGES = 100_000
# How often one page waits for a Retry-After before the task fails into its own retry.
WAITS = 5


@dataclass(frozen=True)
class Page:
    """One body on disk, with the form that it has; its hash is made while it is worked on."""

    path: Path
    form: str
    hashing: Future[str]

    @property
    def sha256(self) -> str:
        return self.hashing.result()


@dataclass
class Extraction:
    """Pages fetched so far; kept between attempts, so that none is fetched twice."""

    config: ExtractConfig
    settings: Settings
    folder: Path
    token: str | None = None
    pages: list[Page] = field(default_factory=list)
    traffic: Traffic = field(default_factory=Traffic)
    sleep: Callable[[float], None] = time.sleep
    progress: paging.Progress = field(default_factory=paging.Progress)
    _next: str | None = None
    _done: bool = False

    @property
    def sha256(self) -> str:
        """One hash for all pages in order: the identity of this delivery."""
        return hashlib.sha256("".join(page.sha256 for page in self.pages).encode()).hexdigest()


def _gunzip(path: Path, url: str, settings: Settings) -> Path:
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    plain = path.with_suffix(".plain")

    def unpacked(packed: gzip.GzipFile) -> Iterator[bytes]:
        try:
            while chunk := packed.read(1 << 20):
                yield chunk
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(
                f"{public(url)} is damaged: its gzip does not unpack ({error})."
            ) from None

    with gzip.open(path) as packed, plain.open("wb") as out:
        copy_bounded(unpacked(packed), out, plain, public(url), settings.unpacked_limit_mb)
    return plain


def _local(extraction: Extraction, url: str) -> Page:
    path = path_of(url)
    if not path.is_file():
        raise SourceMissing(f"{path} does not exist. Check source_url.")
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    original = path
    if packed:
        extraction.folder.mkdir(parents=True, exist_ok=True)
        copy = extraction.folder / "page-00000.body"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise disk_error(copy, error) from None
        path = _gunzip(copy, url, extraction.settings)
    form = form_of(extraction.config.format, "", url, path)
    return Page(path, form, _hashing(original))


def _hashing(path: Path) -> Future[str]:
    """The file's hash, made in a thread: for a gigabyte it takes a second of one processor."""

    def digest() -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    worker = ThreadPoolExecutor(1)
    made = worker.submit(digest)
    worker.shutdown(wait=False)
    return made


def _remote(extraction: Extraction, url: str) -> tuple[Page, httpx.Response]:
    settings = extraction.settings
    target = extraction.folder / f"page-{len(extraction.pages):05d}.body"
    start = extraction.config.url(settings)
    headers = {"Accept-Encoding": "gzip, identity"}
    # The client takes it out again where a page's link leads to another host.
    if extraction.token:
        headers["Authorization"] = f"Bearer {extraction.token}"

    def once() -> tuple[str, httpx.Response]:
        with client(start).stream(
            "GET", url, headers=headers, timeout=settings.http_timeout
        ) as response:
            classify(response, url)
            digest = stream_body(response, target, settings)
            extraction.traffic.bytes += response.num_bytes_downloaded
            return digest, response

    try:
        digest, response = retrying(url, once, settings, extraction.traffic)
    except SourceError as error:
        if isinstance(error.__cause__, httpx.DecodingError):
            raise SourceError(f"{public(url)} is damaged: its gzip does not unpack.") from None
        raise
    path = _gunzip(target, url, settings)
    content_type = response.headers.get("Content-Type", "")
    # No content is no row, whatever form the other pages have.
    nothing = response.status_code == httpx.codes.NO_CONTENT
    form = "ndjson" if nothing else form_of(extraction.config.format, content_type, url, path)
    hashed: Future[str] = Future()
    hashed.set_result(digest)
    return Page(path, form, hashed), response


def _fetch(extraction: Extraction, url: str) -> tuple[Page, httpx.Response | None]:
    """One page; what the provider asks us to wait is waited, other trouble is the task's."""
    start = extraction.config.url(extraction.settings)
    if url == start and urlsplit(start).scheme == "file":
        return _local(extraction, url), None
    Reach.of(start).check(url)
    for _ in range(WAITS):
        try:
            return _remote(extraction, url)
        except SourceUnavailable as error:
            cause = error.__cause__
            if not (isinstance(cause, PassingError) and cause.wait is not None):
                raise
            extraction.sleep(cause.wait)
    return _remote(extraction, url)


def extract(
    extraction: Extraction,
    count_rows: Callable[[Page], int],
    progress: Callable[[int], None] = lambda pages: None,
) -> None:
    """Fetch every page that is still missing. `count_rows` counts those of one page.

    Raises `SourceMissing`, `SourceError`, and `SourceUnavailable`, after which it may be
    called again and goes on where it was.
    """
    config = extraction.config
    start = config.url(extraction.settings)
    if config.paged and urlsplit(start).scheme == "file":
        raise ConfigError("paging is for HTTP sources; a file is read whole: set paging to none.")
    extraction.folder.mkdir(parents=True, exist_ok=True)
    begin = paging.first(config, start)
    url = extraction._next or begin
    seen = {page.sha256 for page in extraction.pages} if config.paged else set()
    while not extraction._done:
        page, response = _next_page(extraction, url)
        if page is None:
            break
        known = extraction.progress
        rows = count_rows(page) if config.paged or page.form == "json" else 0
        # The page after the last of an offset is empty, and may be so twice.
        # A file is one page; its hash is not needed yet.
        if config.paged and page.sha256 in seen and (rows or config.paging != "offset"):
            raise SourceError(
                f"{public(url)}: page {len(extraction.pages) + 1} is the same as an earlier one. "
                f"The source does not page by {config.paging}; check the paging parameters."
            )
        turn = paging.Turn(url, response, page.path, page.form, rows)
        paging.note_page(known, config, turn)
        extraction.pages.append(page)
        if config.paged:
            seen.add(page.sha256)
        progress(len(extraction.pages))
        following = paging.following(known, config, begin, turn)
        if following is not None and len(extraction.pages) >= MOST_PAGES:
            raise SourceError(f"{public(url)}: more than {MOST_PAGES} pages. Ask for larger ones.")
        extraction._next = url = following or ""
        extraction._done = following is None
    extraction._done = True
    paging.check_total(extraction.progress, config, start)


def _next_page(extraction: Extraction, url: str) -> tuple[Page | None, httpx.Response | None]:
    """The page at `url`; None where an offset is past the end and the source has nothing there."""
    later = bool(extraction.pages) and extraction.config.paging == "offset"
    try:
        return _fetch(extraction, url)
    except SourceMissing:
        if later:
            return None, None
        raise
