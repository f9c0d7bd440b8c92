"""What a JSON answer is: rows, one row, an error, or something only the user can tell."""

from pathlib import Path
from typing import Any

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.readers.strict import parse

# A JSON document is parsed whole; NDJSON or pages have no such limit.
LARGEST_DOCUMENT = 64 << 20
_USUAL = ("data", "items", "results", "records", "rows", "value")
_ERRORS = ("error", "errors", "fault", "exception")
_TALK = {"message", "detail", "details", "title", "description", "error_description", "reason"}
_ABOUT = {"code", "status", "type", "instance", "request_id", "requestId", "documentation_url"}


def parsed(path: Path, where: str) -> Any:
    """The JSON document of a page. Raises `SourceError` for one that is none, or is too large."""
    if (size := path.stat().st_size) > LARGEST_DOCUMENT:
        raise SourceError(
            f"{where}: a JSON document of {size / 1e6:,.0f} MB cannot be streamed "
            f"(at most {LARGEST_DOCUMENT >> 20} MB). Ask the source for NDJSON, or for pages."
        )
    try:
        return parse(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise SourceError(f"{where} is no whole JSON document ({error}).") from None


def dig(body: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none.

    A key may hold dots itself: `@odata.nextLink` is found as one key before it is taken apart.
    """
    if not path:
        return body
    if not isinstance(body, dict):
        return None
    if path in body:
        return body[path]
    names = path.split(".")
    for length in range(len(names) - 1, 0, -1):
        head = ".".join(names[:length])
        if head in body:
            found = dig(body[head], ".".join(names[length:]))
            if found is not None:
                return found
    return None


def error_in(body: Any) -> str | None:
    """What an answer that reports an error says; None for one that reports none."""
    if isinstance(body, list):
        alone = len(body) == 1 and isinstance(body[0], dict) and len(body[0]) == 1
        return error_in(body[0]) if alone else None
    if not isinstance(body, dict):
        return None
    for name in _ERRORS:
        if body.get(name):
            return _words(body[name])
    failed = any(body.get(flag) is False for flag in ("success", "ok"))
    failed = failed or str(body.get("status")).lower() in ("error", "fail", "failed", "failure")
    only_talk = bool(body) and set(body) <= _TALK | _ABOUT and bool(set(body) & _TALK)
    lists = any(isinstance(value, list) and value for value in body.values())
    return _words(body) if (failed and not lists) or only_talk else None


def _words(value: Any) -> str:
    if isinstance(value, list) and value:
        return _words(value[0])
    if isinstance(value, dict):
        names = sorted(_TALK & set(value), key=lambda n: n != "message")
        found = next((value[n] for n in names if value[n]), None)
        return _words(found) if found else str(value)[:200]
    return str(value)[:200]


def rows_of(path: Path, records_path: str, where: str, *, paged: bool = False) -> list[Any]:
    """The rows of a JSON document. Raises `SourceError` for a body that is none, or cut off."""
    body = parsed(path, where)
    if words := error_in(body):
        raise SourceError(f"{where}: the answer is an error object: {words}")
    if records_path:
        found = dig(body, records_path)
        if isinstance(found, dict) and not paged:
            return [found]
        if not isinstance(found, list):
            raise SourceError(f"{where}: there is no list at records_path {records_path!r}.")
        return found
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        raise SourceError(f"{where}: which list holds the rows? Found none. Set records_path.")
    return _chosen(body, where, paged)


def _objects(found: list[Any]) -> bool:
    return all(isinstance(part, dict) for part in found)


def _chosen(body: dict[str, Any], where: str, paged: bool) -> list[Any]:
    """The one list of rows at the top of an object, or the object as one row."""
    lists = {name: value for name, value in body.items() if isinstance(value, list)}
    rows = {n: v for n, v in lists.items() if n in _USUAL or _objects(v)}
    usual = {n: v for n, v in rows.items() if n in _USUAL}
    filled = {n: v for n, v in rows.items() if v}
    named = usual or rows
    if len(named) == 1:
        chosen = next(iter(named.values()))
        if chosen or not filled:
            return chosen
    if rows:
        shown = ", ".join(f"{n} ({len(v):,} rows)" for n, v in rows.items())
        raise SourceError(
            f"{where}: which list holds the rows? Found {shown}. "
            f"Set records_path to one of {', '.join(rows)}."
        )
    if not body:
        return []
    if lists and len(lists) == len(body):
        shown = ", ".join(lists)
        raise SourceError(f"{where}: which list holds the rows? Found {shown}. Set records_path.")
    inside = [f"{n}.{m}" for n, v in body.items() if isinstance(v, dict) for m in _lists(v)]
    if inside or paged or any(name in _USUAL and isinstance(body[name], dict) for name in body):
        held = [n for n in body if n in _USUAL and isinstance(body[n], dict)]
        shown = ", ".join(inside or held) or "none"
        raise SourceError(f"{where}: which list holds the rows? Found {shown}. Set records_path.")
    return [body]


def _lists(value: dict[str, Any]) -> list[str]:
    return [name for name, part in value.items() if isinstance(part, list) and _objects(part)]
