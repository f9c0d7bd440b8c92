"""What unpacks, nests or widens without end is refused by what it is; odd text goes by row."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ff_analytics.engine.base.bounds.limits import copy_bounded, shallow
from ff_analytics.engine.base.errors import PublishError, SourceError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.etl.run import run_etl
from ff_analytics.engine.http.api import Api
from ff_analytics.engine.http.client import get
from ff_analytics.engine.http.download import Download
from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.sources.shape import read_file
from tests.fakes.rows import RowsSource, lines, packed
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]
BOMB = packed(b'{"id": 1}\n' * 800_000)


@pytest.fixture
def small(lake_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One MB unpacked, on disk and in memory."""
    monkeypatch.setenv("FF_UNPACKED_LIMIT_MB", "1")
    monkeypatch.setenv("FF_ANSWER_LIMIT_MB", "1")
    get_settings.cache_clear()
    return get_settings()


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}], ids=["body", "coding"])
def test_a_body_that_unpacks_without_end_is_too_large(
    load: Load, source: RowsSource, small: Settings, headers: dict[str, str]
) -> None:
    source.body, source.content_type, source.headers = BOMB, "application/x-ndjson", headers
    assert len(BOMB) < 50_000
    with pytest.raises(SourceError, match=r"too large.*FF_UNPACKED_LIMIT_MB") as caught:
        load("body")
    assert "damaged" not in str(caught.value)
    assert not [file for file in small.cache_dir.rglob("*") if file.is_file()]


def test_a_file_that_unpacks_without_end_is_too_large(small: Settings) -> None:
    small.data.mkdir(parents=True)
    file = small.data / "rows.ndjson.gz"
    file.write_bytes(BOMB)
    with pytest.raises(SourceError, match=r"too large.*FF_UNPACKED_LIMIT_MB"):
        run_etl({"source_url": file.as_uri(), "target_table": "public.t"})


def test_an_answer_that_unpacks_without_end_is_too_large(
    base: str, source: RowsSource, small: Settings
) -> None:
    source.body, source.headers = BOMB, {"Content-Encoding": "gzip"}
    api = Api("acme", base, small, Traffic(), lambda renew: {})
    for ask in (
        lambda: get(f"{base}/body", settings=small, traffic=Traffic()),
        lambda: api.get("body"),
    ):
        with pytest.raises(SourceError, match=r"too large.*FF_ANSWER_LIMIT_MB"):
            ask()


def test_a_full_disk_is_named_as_that(tmp_path: Path) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(PublishError, match="No space left on device"),
    ):
        copy_bounded([b"x" * 4096], full, tmp_path / "part", "https://example.org", 1)


def test_equal_values_packed_into_parquet_are_too_large(
    load: Load, source: RowsSource, small: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": pa.repeat(7, 3_000_000)}), file)
    assert file.stat().st_size < 100_000
    source.body, source.content_type = file.read_bytes(), "application/parquet"
    with pytest.raises(SourceError, match=r"too large.*FF_UNPACKED_LIMIT_MB"):
        load("body")
    with pytest.raises(SourceError, match=r"too large.*FF_ANSWER_LIMIT_MB"):
        read_file(Download({"url": file.as_uri()}, file, changed=True), small)


def _deep(levels: int) -> bytes:
    return b'{"id": 4, "name": ' + b"[" * levels + b"]" * levels + b"}"


# Each of these is one row; the reason is what the report says.
ODD = [
    (_deep(1_000), "nested"),
    (_deep(100), "nested"),
    (_deep(5_000), "nested"),
    (b'{"id": 4, "name": "a\\ud800b"}', "a lone surrogate"),
    (b'{"id": 4, "na\\udc00me": 1}', "a lone surrogate"),
    (b'{"id": 4, "name": ["\\udfff"]}', "a lone surrogate"),
    (b'{"id": 4, "name": "a\\u0000b"}', "a NUL character"),
    (b'{"id": 4, "name": "\xed\xa0\x80"}', "a lone surrogate"),
    (json.dumps({"id": 4} | {f"c{n}": n for n in range(20_000)}).encode(), "more than 2,000"),
]


# A JSON document with a row that is nested deeper than its reader follows is refused as a whole.
ODD_CASES = [
    pytest.param(row, reason, form, id=f"{form}-{n}")
    for n, (row, reason) in enumerate(ODD)
    for form in ("ndjson", "json")
    if form == "ndjson" or reason != "nested" or len(row) <= 1_000
]


@pytest.mark.parametrize(("row", "reason", "form"), ODD_CASES)
def test_an_odd_row_goes_and_the_load_stays(
    load: Load, source: RowsSource, stored: Query, row: bytes, reason: str, form: str
) -> None:
    rows = [json.dumps({"id": n, "name": f"n{n}"}).encode() for n in range(100)]
    rows.insert(50, row)
    if form == "json":
        source.body, source.content_type = b"[" + b",".join(rows) + b"]", "application/json"
    else:
        source.body, source.content_type = lines(rows), "application/x-ndjson"
    report = load("body")
    ((why, count),) = report.rejected_because.items()
    assert (why[: len(reason)], count) == (reason, 1)
    assert stored("SELECT count(*), count(name) FROM public.t") == [(100, 100)]
    kept = Path(str(report.quarantine))
    assert pl.read_parquet(kept)["_row"].to_list() == [51]
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", [b"\xed\xa0\x80", b"a\x00b", b"\xff"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_odd_text_of_a_table_goes_by_row(
    load: Load, source: RowsSource, stored: Query, text: bytes, form: str
) -> None:
    names = [b"n%d" % n for n in range(100)]
    names[50] = text
    if form == "csv":
        body = b"id,name\n" + b"".join(b"%d,%s\n" % row for row in enumerate(names))
        source.body, source.content_type = body, "text/csv"
    else:
        out = io.BytesIO()
        column = pa.array(names, pa.binary()).view(pa.string())
        pq.write_table(pa.table({"id": pa.array(range(100)), "name": column}), out)
        source.body, source.content_type = out.getvalue(), "application/parquet"
    report = load("body")
    assert list(report.rejected_because.values()) == [1]
    assert stored("SELECT count(*) FROM public.t WHERE id <> 50") == [(99,)]


WIDE = {f"c{n}": [n] for n in range(20_000)}


def _wide_parquet() -> bytes:
    out = io.BytesIO()
    pl.DataFrame(WIDE).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/csv", (",".join(WIDE) + "\n").encode() * 2),
        ("application/parquet", _wide_parquet()),
        ("application/x-ndjson", lines([{f"c{n}": n} for n in range(20_000)])),
        ("application/json", json.dumps([{f"c{n}": n} for n in range(20_000)]).encode()),
    ],
    ids=["csv", "parquet", "ndjson", "json"],
)
def test_a_table_of_too_many_columns_is_refused(
    load: Load, source: RowsSource, kind: str, body: bytes
) -> None:
    source.body, source.content_type = body, kind
    with pytest.raises(SourceError, match="at most 2,000"):
        load("body")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[" * 64 + b"]" * 64, True),
        (b"[" * 65 + b"]" * 65, False),
        (b'{"a":' * 64 + b"1" + b"}" * 64, True),
        (b'{"a":' * 65 + b"1" + b"}" * 65, False),
        (b'["' + b"[" * 100 + b'", "\\\\", "\\"[{", {}]', True),
        (b'[{"]":' * 40 + b"1" + b"}]" * 40, False),
        (b"[[],[{}],{}]", True),
    ],
)
def test_depth_is_counted_outside_of_texts(text: bytes, expected: bool) -> None:
    assert shallow(text) is expected
    assert shallow(b"\n".join([b"{}", text, b"[]"]), lines=True) is expected


def test_a_cursor_in_a_deep_body_is_refused(load: Load, source: RowsSource) -> None:
    source.body = b"[" * 100_000
    with pytest.raises(SourceError, match="no whole JSON document"):
        load("body", paging="cursor")


def test_a_deep_answer_of_a_provider_is_refused(
    base: str, source: RowsSource, lake_settings: Settings
) -> None:
    api = Api("acme", base, lake_settings, Traffic(), lambda renew: {})
    for levels in (100, 100_000):
        source.body = b"[" * levels + b"]" * levels
        with pytest.raises(SourceError, match="nested deeper than 64 levels"):
            api.get("body")


def test_gzip_in_members_still_unpacks(load: Load, source: RowsSource) -> None:
    source.body = gzip.compress(b'{"id": 1}\n') + gzip.compress(b'{"id": 2}\n')
    source.content_type = "application/x-ndjson"
    assert load("body").rows_read == 2
