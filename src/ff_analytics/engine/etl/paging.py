"""Where the next page is, and whether the last one was: too few rows are as wrong as a circle."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.config import ExtractConfig
from ff_analytics.engine.etl.readers.answer import dig, parsed, rows_of
from ff_analytics.engine.http.client import public

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
# How sources write that there is no further page.
_ENDS: tuple[Any, ...] = (None, "", 0, False, "0", "false", "null", "none", [], {})
# Tokens hold letters, digits and signs of base64, but hardly a query.
_RELATIVE = re.compile(r"[\w./~%-]*\?[^=]+=")
_NEXT = re.compile(r"next|cursor|continu|after|has_?more|more_?results", re.IGNORECASE)
# Names under which an answer states how many rows there are in all.
_PLAIN_TOTAL = ("total",)
_TOTALS = (
    *("total_count", "totalCount", "total_results", "totalResults", "total_records"),
    *("totalRecords", "recordsTotal", "total_items", "totalItems", "@odata.count"),
)


@dataclass
class Progress:
    """State of the pages so far: rows, the total, and addresses and rows that must not recur."""

    rows: int = 0
    stated: int | None = None
    sure: bool = False
    offset: int = 0
    pointed: bool = False
    urls: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """One page that was read: where, its answer, its file and its form, and its rows."""

    url: str
    response: httpx.Response | None
    path: Path
    form: str
    rows: int


def with_parameters(url: str, **parameters: str | int) -> str:
    """The address with these query parameters in place of what it has under their names."""
    return str(httpx.URL(url).copy_merge_params({k: str(v) for k, v in parameters.items()}))


def first(config: ExtractConfig, url: str) -> str:
    """The address of the first page."""
    if config.paging == "offset":
        named = {config.limit_param: config.batch_size, config.offset_param: 0}
        return with_parameters(url, **named)
    return with_parameters(url, **{config.limit_param: config.batch_size}) if config.paged else url


def next_link(headers: httpx.Headers) -> str | None:
    """The address with the relation `next`, among several relations and in any case."""
    for header in headers.get_list("Link"):
        for found in _LINK.finditer(header):
            relation = _REL.search(found[2])
            names = (relation[1] or relation[2] or "").lower().split() if relation else []
            if "next" in names:
                return found[1]
    return None


def _leaves(body: Any, path: str = "", depth: int = 3) -> Iterator[tuple[str, Any]]:
    """Scalars of the objects around the rows, with their path."""
    if isinstance(body, dict) and depth:
        for name, value in body.items():
            yield from _leaves(value, f"{path}.{name}" if path else name, depth - 1)
    elif not isinstance(body, dict | list):
        yield path, body


def _pointers(body: Any) -> list[str]:
    return [path for path, value in _leaves(body) if _NEXT.search(path) and value not in _ENDS]


def note_page(progress: Progress, config: ExtractConfig, turn: Turn) -> None:
    """Count a page. Raises `SourceError` for one that came before: the source pages in a circle."""
    progress.rows += turn.rows
    progress.urls.add(turn.url)
    where = public(turn.url)
    if turn.form == "json":
        body = parsed(turn.path, where)
        for path, value in _leaves(body):
            name = path.rpartition(".")[2] if not path.endswith("@odata.count") else "@odata.count"
            if name in (*_PLAIN_TOTAL, *_TOTALS) and type(value) is int:
                progress.stated, progress.sure = value, name in _TOTALS
        if config.paged and turn.rows:
            rows = rows_of(turn.path, config.records_path, where, paged=True)
            _once(progress, config, where, json.dumps(rows).encode())
    total = turn.response.headers.get("X-Total-Count", "") if turn.response else ""
    if total.isdecimal():
        progress.stated, progress.sure = int(total), True
    # Rows may come while we read; twice as many do not.
    most = 2 * (progress.stated or 0) + config.batch_size
    if config.paged and progress.sure and progress.rows > most:
        raise SourceError(
            f"{where}: {progress.rows:,} rows came of {progress.stated:,} that the source "
            "states: it pages in a circle. Check the paging parameters."
        )


def _once(progress: Progress, config: ExtractConfig, where: str, rows: bytes) -> None:
    digest = hashlib.sha256(rows).hexdigest()
    if digest in progress.hashes:
        raise SourceError(
            f"{where}: the rows of this page are the same as an earlier one had. The source does "
            f"not page by {config.paging}; check the paging parameters."
        )
    progress.hashes.add(digest)


def following(progress: Progress, config: ExtractConfig, start: str, turn: Turn) -> str | None:
    """The address of the next page, None after the last one.

    Raises `SourceError` for a page that leads back to an earlier one, and for a source whose
    answer points on by another name than the parameters say.
    """
    url = _pointed(progress, config, start, turn)
    if url is None:
        _check_end(progress, config, turn)
        return None
    progress.pointed = True
    if url == turn.url:
        # Some sources repeat the cursor of their last page.
        progress.notes.append(f"{public(turn.url)}: the last page points to itself; read once")
        return None
    if url in progress.urls:
        raise SourceError(
            f"{public(turn.url)}: the page leads back to an earlier one. The source pages in a "
            "circle; check the paging parameters."
        )
    return url


def _pointed(progress: Progress, config: ExtractConfig, start: str, turn: Turn) -> str | None:
    if config.paging == "link" and turn.response is not None:
        link = next_link(turn.response.headers)
        return urljoin(turn.url, link) if link else None
    if config.paging == "cursor":
        return _by_cursor(config, start, turn)
    if config.paging == "offset" and turn.rows:
        progress.offset += turn.rows
        return with_parameters(start, **{config.offset_param: progress.offset})
    return None


def _by_cursor(config: ExtractConfig, start: str, turn: Turn) -> str | None:
    where = public(turn.url)
    cursor = dig(parsed(turn.path, where), config.cursor_path)
    if isinstance(cursor, str) and cursor.lower() in _ENDS:
        return None
    if cursor in _ENDS:
        return None
    if not isinstance(cursor, str | int) or cursor is True:
        raise SourceError(
            f"{where}: cursor_path {config.cursor_path!r} holds no cursor but "
            f"{json.dumps(cursor)[:60]}. Set it to where the next cursor is."
        )
    text = str(cursor)
    path = urlsplit(turn.url).path
    relative = _RELATIVE.match(text) or text.startswith(("./", "../", f"{path}/"))
    if text.startswith(("http://", "https://")) or relative:
        return urljoin(turn.url, text)
    return with_parameters(start, **{config.cursor_param: text})


def _check_end(progress: Progress, config: ExtractConfig, turn: Turn) -> None:
    """Raise `SourceError` when the first page is taken for the last one by a wrong parameter."""
    if progress.pointed or config.paging not in ("link", "cursor") or turn.form != "json":
        return
    where = public(turn.url)
    looked = "a Link header" if config.paging == "link" else f"cursor_path {config.cursor_path!r}"
    if config.paging == "cursor" and _has(parsed(turn.path, where), config.cursor_path):
        return
    if others := _pointers(parsed(turn.path, where)):
        raise SourceError(
            f"{where}: there is no {looked} on any page, but the answer has {', '.join(others)}: "
            f"{progress.rows:,} rows are not all. Set paging to cursor and cursor_path to it."
        )
    if turn.rows >= config.batch_size and config.paging == "cursor":
        raise SourceError(
            f"{where}: there is no {looked} on any page, and the first page is full "
            f"({turn.rows:,} rows). Correct cursor_path, or set paging to none if these are all."
        )


def _has(body: Any, path: str) -> bool:
    head, _, last = path.rpartition(".")
    holder = dig(body, head)
    return isinstance(body, dict) and (
        path in body or (isinstance(holder, dict) and last in holder)
    )


def check_total(progress: Progress, config: ExtractConfig, url: str) -> None:
    """Raise `SourceError` when fewer rows came than the source states."""
    stated = progress.stated
    if stated is None or stated == progress.rows:
        return
    said = f"{public(url)} states {stated:,} rows, and {progress.rows:,} came"
    if progress.rows < stated and (config.paged or progress.sure):
        how = "Check the paging parameters" if config.paged else "Set paging"
        raise SourceError(f"{said}. Nothing was loaded. {how}, or run again.")
    progress.notes.append(said)
