"""Which form a body has: what was asked for, its content type, its name, its first bytes."""

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.client import public

_TYPES = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/jsonlines": "ndjson",
    "text/csv": "csv",
    "application/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
    "application/parquet": "parquet",
}
_NAMES = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".parquet": "parquet",
}
# Used for anything, so it is not informative.
_ANY = ("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/gzip")


def _by_name(url: str) -> str | None:
    name = PurePosixPath(urlsplit(url).path)
    return _NAMES.get(name.with_suffix("").suffix if name.suffix == ".gz" else name.suffix)


def _by_bytes(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        line, newline, rest = start.partition(b"\n")
        return "ndjson" if newline and line.rstrip().endswith(b"}") and rest.strip() else "json"
    return None


def form_of(asked: str, content_type: str, url: str, path: Path) -> str:
    """json, ndjson, csv or parquet. Raises `SourceError` for anything else, e.g. a web page."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/html"):
        raise SourceError(
            f"{public(url)} answered with a web page ({kind}) instead of data. "
            "Check the address, and whether a login stands before it."
        )
    if asked != "auto":
        return asked
    known = _TYPES.get(kind) or ("json" if kind.endswith("+json") else None)
    found = known or _by_name(url) or (_by_bytes(path) if kind in _ANY else None)
    # Many servers call NDJSON application/json.
    if found == "json" and _by_bytes(path) == "ndjson":
        return "ndjson"
    if found is None:
        raise SourceError(
            f"{public(url)} has an unknown form ({kind or 'no content type'}). "
            "Set format to json, ndjson, csv or parquet."
        )
    return found
