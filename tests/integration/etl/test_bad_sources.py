"""What a source does wrong ends in one sentence, and the table stays as it was."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from ff_analytics.engine.base.errors import (
    BrokenInput,
    ConfigError,
    ContractViolation,
    SourceError,
    SourceMissing,
    SourceUnavailable,
)
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl.config import parse_config
from ff_analytics.engine.etl.fetch import extract
from ff_analytics.engine.etl.run import open_extraction
from tests.fakes.rows import RowsSource, lines, packed, status, truncated
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]


def test_a_number_that_becomes_a_string_late_is_set_aside(
    load: Load, source: RowsSource, stored: Query
) -> None:
    rows: list[Any] = [{"id": n, "clicks": n % 7} for n in range(200_000)]
    rows[180_000] = {"id": 180_000, "clicks": "many"}
    source.body, source.content_type = lines(rows), "application/x-ndjson"
    report = load("body")
    assert report.rejected_because == {"clicks: not Int64": 1}
    assert stored("SELECT count(*), sum(clicks) FROM public.t")[0][0] == 199_999
    kept = pl.read_parquet(str(report.quarantine))
    assert kept.row(0) == (180_001, "clicks: not Int64", '{"id": 180000, "clicks": "many"}')


def test_too_many_odd_rows_refuse_the_delivery(
    load: Load, source: RowsSource, stored: Query
) -> None:
    load("link", paging="link", key_columns=["id"])
    source.rows = [{"id": n, "name": "x", "value": "?" if n > 20 else 1} for n in range(25)]
    with pytest.raises(ContractViolation, match=r"4 of 25 rows do not fit.*value: not Float64 x 4"):
        load("link", paging="link", key_columns=["id"])
    assert stored("SELECT count(*) FILTER (name = 'x') FROM public.t") == [(0,)]


BROKEN = [
    (b"", "application/json", SourceError, "no whole JSON document"),
    (b'[{"id": 1}, {"id"', "application/json", SourceError, "no whole JSON document"),
    (b"[]", "application/json", BrokenInput, "delivered no rows"),
    (b"", "application/x-ndjson", BrokenInput, "delivered no rows"),
    (b"", "text/csv", BrokenInput, "delivered no rows"),
    (b"id,name\n", "text/csv", BrokenInput, "delivered no rows"),
    (b"id,id\n1,2\n", "text/csv", SourceError, "'id' twice"),
    (b"<html>sign in</html>", "text/html", SourceError, "a web page"),
    (b"%PDF-1.7", "application/pdf", SourceError, "unknown form"),
    (b"PAR1 and nothing", "application/octet-stream", SourceError, "no whole Parquet file"),
    (b'{"a": [1], "b": [2]}', "application/json", SourceError, "Set records_path"),
    (b'{"Id": 1, "id": 2}\n{"id": 1}\n', "application/x-ndjson", SourceError, "only by case"),
    (b'{"id": 1}\nnot json\n', "application/x-ndjson", ContractViolation, "not JSON x 1"),
    (packed(b"[1, 2]")[:-6], "application/gzip", SourceError, "does not unpack"),
]


@pytest.mark.parametrize(("body", "kind", "error", "words"), BROKEN, ids=lambda v: str(v)[:24])
def test_a_broken_body_is_named(
    load: Load, source: RowsSource, body: bytes, kind: str, error: type[Exception], words: str
) -> None:
    source.body, source.content_type = body, kind
    with pytest.raises(error, match=words):
        load("body")


def test_an_empty_source_may_be_allowed(load: Load, source: RowsSource) -> None:
    source.rows = []
    assert load("link", paging="link", allow_empty=True).rows_read == 0


def test_rows_without_their_key_are_set_aside(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.rows += [{"id": None, "name": "?", "value": 0.0}]
    assert load("link", paging="link", key_columns=["id"]).rejected_because == {"no id": 1}
    with pytest.raises(SourceError, match="'nope' is not among the columns id, name, value"):
        load("link", paging="link", key_columns=["nope"])


def test_a_source_that_pages_in_a_circle_is_stopped(load: Load) -> None:
    with pytest.raises(SourceError, match="the same as an earlier one"):
        load("circle", paging="cursor")


def test_a_cut_body_and_a_busy_server_are_asked_again(
    load: Load, source: RowsSource, stored: Query
) -> None:
    whole = json.dumps(source.rows).encode()
    source.body = whole
    source.faults = [truncated(whole, 20), lambda request: None]
    assert load("body").rows_read == 25
    source.faults = [status(503), status(502), status(500)]
    with pytest.raises(SourceUnavailable, match="answered HTTP 50"):
        load("body", force=True)
    assert stored("SELECT count(*) FROM public.t") == [(25,)]


@pytest.mark.parametrize(("code", "error"), [(404, SourceMissing), (401, SourceError)])
def test_a_refusal_is_not_asked_twice(
    load: Load, source: RowsSource, code: int, error: type[Exception]
) -> None:
    source.faults = [status(code)]
    with pytest.raises(error):
        load("body")
    assert len(source.journal) == 1


def test_a_retry_goes_on_after_the_last_whole_page(
    base: str, source: RowsSource, lake_settings: Settings
) -> None:
    given = {"source_url": f"{base}/link", "target_table": "public.t", "paging": "link"}
    extraction = open_extraction(parse_config(given | {"batch_size": 10}), "run")
    source.faults = [lambda request: None, status(503), status(503)]
    with pytest.raises(SourceUnavailable):
        extract(extraction, lambda page: 0)
    extract(extraction, lambda page: 0)
    assert [r.query_params.get("cursor") for r in source.journal] == [None, "10", "10", "10", "20"]


def test_a_provider_that_asks_to_wait_is_waited_for(
    base: str, source: RowsSource, lake_settings: Settings
) -> None:
    given = {"source_url": f"{base}/link", "target_table": "public.t"}
    waits: list[float] = []
    extraction = open_extraction(parse_config(given), "run")
    extraction.sleep = waits.append
    source.faults = [status(429, Retry_After="7")] * 2
    extract(extraction, lambda page: 0)
    assert waits == [7.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source_url": "invalid://url"}, "source_url: .*use https://"),
        ({"source_url": "http://example.org/x"}, "source_url: .*use https://"),
        ({"source_url": "/etc/passwd"}, "below the project"),
        ({"source_url": "../../secrets"}, "below the project"),
        ({"batch_size": 0}, "batch_size is 0; it must be at least 1"),
        ({"batch_size": -1}, "batch_size"),
        ({"target_table": "metrics"}, "schema.table"),
        ({"target_table": "snowflake.public.metrics"}, "warehouse.schema.table"),
        ({"target_table": "ops.cursors"}, "belongs to the platform"),
        ({"target_table": "temp.x"}, "'temp' is the name of a database"),
        ({"target_table": "lake.t"}, "write another schema, e.g. public.t"),
        ({"target_table": "warehouse.t"}, "'warehouse' is the name of a database"),
        ({"target_table": "warehouse.temp.x"}, "'temp' is the name of a database"),
        ({"target_table": 'public.x"; DROP'}, "no table of the lake"),
        ({"tabel": 1}, "tabel is unknown"),
    ],
)
def test_wrong_parameters_are_refused_at_once(change: dict[str, Any], words: str) -> None:
    given = {"source_url": "https://example.org/x", "target_table": "warehouse.public.m"}
    assert parse_config(given).target_table == "public.m"
    with pytest.raises(ConfigError, match=words):
        parse_config(given | change)
