"""What a JSON answer is: rows, one row, an error, or a question to the user."""

from collections.abc import Callable
from typing import Any

import pytest

from ff_analytics.engine.base.errors import SourceError
from tests.fakes.rows import RowsSource
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": 4, "message": "too many calls"}}',
        b'{"errors": [{"message": "too many calls"}], "data": null}',
        b'{"success": false, "message": "too many calls"}',
        b'{"status": "error", "data": [], "message": "too many calls"}',
        b'{"message": "too many calls", "code": 429}',
        b'[{"error": {"message": "too many calls"}}]',
    ],
)
def test_an_error_object_is_named_as_that(load: Load, source: RowsSource, body: bytes) -> None:
    source.body = body
    with pytest.raises(SourceError, match="the answer is an error object: too many calls"):
        load("body")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"items": [], "rows": [{"a": 1}]}', r"items \(0 rows\), rows \(1 rows\)"),
        (b'{"data": [{"a": 1}], "results": [{"a": 2}]}', "Set records_path to one of data, resul"),
        (b'{"data": {"list": [{"a": 1}]}}', r"Found data\.list"),
    ],
)
def test_more_than_one_reading_is_asked_for(
    load: Load, source: RowsSource, body: bytes, words: str
) -> None:
    source.body = body
    with pytest.raises(SourceError, match=words):
        load("body")


def test_one_object_is_one_row(load: Load, source: RowsSource, stored: Query) -> None:
    source.body = b'{"id": 1, "tags": ["a", "b"], "note": null}'
    load("body")
    assert stored("FROM public.t") == [(1, '["a", "b"]')]
    source.body = b'{"a.b": [{"id": 2}], "errors": []}'
    load("body", records_path="a.b", target_table="public.u")
    assert stored("FROM public.u") == [(2,)]
