"""Whatever form and paging a source has, every row arrives once and is accounted for."""

import io
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from ff_analytics.engine.base.errors import SourceError
from tests.fakes.rows import RowsSource, lines, packed
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]
COUNT = "SELECT count(*), count(DISTINCT id) FROM public.t"


@pytest.mark.parametrize("paging", ["link", "cursor", "offset"])
def test_every_page_is_fetched(load: Load, source: RowsSource, stored: Query, paging: str) -> None:
    report = load(paging, paging=paging, batch_size=10, key_columns=["id"])
    assert report.counts.new == 25
    assert stored(COUNT) == [(25, 25)]
    assert source.journal[0].query_params["limit"] == "10"
    assert report.pages == (4 if paging == "offset" else 3)


def body_of(form: str, rows: list[dict[str, Any]]) -> tuple[bytes, str]:
    frame, file = pl.DataFrame(rows), io.BytesIO()
    if form == "csv":
        return frame.write_csv().encode(), "text/csv"
    if form == "parquet":
        frame.write_parquet(file)
        return file.getvalue(), "application/octet-stream"
    return lines(list(rows)), "application/x-ndjson"


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson"])
@pytest.mark.parametrize("gz", [False, True])
def test_every_form_gives_the_same_table(
    load: Load, source: RowsSource, stored: Query, form: str, gz: bool
) -> None:
    source.body, source.content_type = body_of(form, source.rows)
    if gz:
        source.body = packed(source.body)
        source.headers = {"Content-Encoding": "gzip"}
    load("body")
    assert stored("DESCRIBE public.t")[0][:2] == ("id", "BIGINT")
    assert stored("SELECT sum(id), max(name), sum(value) FROM public.t") == [(300, "n9", 150.0)]


def test_a_gz_file_is_unpacked(load: Load, source: RowsSource, stored: Query) -> None:
    source.body, source.content_type = packed(lines(list(source.rows))), "application/gzip"
    load("body")
    assert stored(COUNT) == [(25, 25)]


def test_a_merge_counts_new_updated_unchanged_and_doubled(
    load: Load, source: RowsSource, stored: Query
) -> None:
    load("cursor", paging="cursor", key_columns=["id"])
    source.rows[3] = {"id": 3, "name": "other", "value": 1.0}
    source.rows += [{"id": 99, "name": "new", "value": 0.0}, {"id": 99, "name": "last", "value": 1}]
    counts = load("cursor", paging="cursor", key_columns=["id"]).counts
    assert (counts.new, counts.updated, counts.unchanged, counts.duplicates) == (1, 1, 24, 1)
    assert stored("SELECT name FROM public.t WHERE id = 99") == [("last",)]


def test_the_same_delivery_is_appended_once(load: Load, source: RowsSource, stored: Query) -> None:
    load("link", paging="link")
    again = load("link", paging="link")
    assert (again.counts.repeated, stored(COUNT)) == (25, [(25, 25)])
    load("link", paging="link", force=True)
    assert stored(COUNT) == [(50, 25)]


def test_a_new_column_is_added_and_a_missing_one_stays(
    load: Load, source: RowsSource, stored: Query
) -> None:
    given: dict[str, Any] = {"paging": "link", "key_columns": ["id"]}
    load("link", **given)
    source.rows = [{"id": 50, "name": "x", "tags": {"a": [1, 2]}}]
    report = load("link", **given, may_vanish=["value"])
    assert report.columns_added == ("tags",)
    assert report.warnings == ("column value is stored, and has no value in this delivery",)
    assert stored("SELECT value, tags FROM public.t WHERE id = 50") == [(None, '{"a": [1, 2]}')]


def test_a_stored_column_that_is_gone_is_refused(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.body, source.content_type = b"id,spend,note\n1,2.5,\n2,3.5,x\n", "text/csv"
    load("body", key_columns=["id"])
    for gone in (b"id,note\n1,y\n2,x\n", b"id,spend,note\n1,,y\n", b"id,Spend_usd\n1,4\n"):
        source.body = gone
        with pytest.raises(SourceError, match=r"public\.t: .*/body has no values for .*spend"):
            load("body", key_columns=["id"])
    assert stored("SELECT sum(spend) FROM public.t") == [(6.0,)]
    source.body = b"id,spend\n1,9\n"
    assert load("body", key_columns=["id"]).warnings == (
        "column note is stored, and has no value in this delivery",
    )


def test_a_column_that_comes_late_in_a_stream_is_found(
    load: Load, source: RowsSource, stored: Query
) -> None:
    rows: list[Any] = [{"id": n, "v": n} for n in range(3000)]
    rows[2500] = {"id": 2500, "v": 0.25, "late": "here"}
    source.body, source.content_type = lines(rows), "application/x-ndjson"
    assert load("body").columns_added == ("id", "v", "late")
    assert stored("SELECT v, late FROM public.t WHERE id = 2500") == [(0.25, "here")]


def test_a_token_is_sent_and_does_not_leave_the_host(base: str, source: RowsSource) -> None:
    from ff_analytics.engine.etl.run import run_etl

    given = {"source_url": f"{base}/link", "target_table": "public.t", "paging": "link"}
    run_etl(given | {"batch_size": 20}, token="s3cret")
    assert {r.headers["authorization"] for r in source.journal} == {"Bearer s3cret"}
