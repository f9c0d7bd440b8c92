"""Paging ends where the source ends: not before, and not never."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ff_analytics.engine.base.errors import SourceError
from tests.fakes.rows import RowsSource
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]
Page = Callable[[int], tuple[dict[str, Any], dict[str, str]]]
PAGES = 3


def paged(source: RowsSource, page: Page, *, past: int = 404) -> None:
    """Answer by the query parameter `at`, three pages of two rows; beyond them with `past`."""

    def answer(request: Request) -> Response:
        at = int(request.query_params.get("at", 0))
        if at >= PAGES:
            return Response(status_code=past)
        body, headers = page(at)
        rows = [{"id": 2 * at}, {"id": 2 * at + 1}]
        return Response(json.dumps({"rows": rows, **body}), headers=headers)

    source.faults = [answer] * 40


@pytest.mark.parametrize(
    "rel", ['rel="next last"', 'REL="Next"', "rel=next", 'title="a, b"; rel="last NEXT"']
)
def test_a_next_link_is_found_however_it_is_written(
    load: Load, source: RowsSource, stored: Query, rel: str
) -> None:
    def page(at: int) -> tuple[dict[str, Any], dict[str, str]]:
        link = f'</body?at=0>; rel="first", </body?at={at + 1}>; {rel}'
        return {}, {"Link": link} if at < PAGES - 1 else {}

    paged(source, page)
    load("body", paging="link")
    assert stored("SELECT count(DISTINCT id) FROM public.t") == [(6,)]


@pytest.mark.parametrize(
    "link", ["body?at={}", "/body?at={}", "?at={}", "http://{host}/body?at={}"]
)
def test_a_link_in_the_body_may_be_relative_and_its_key_have_dots(
    load: Load, base: str, source: RowsSource, stored: Query, link: str
) -> None:
    host = base.partition("//")[2]

    def page(at: int) -> tuple[dict[str, Any], dict[str, str]]:
        following = link.replace("{host}", host).replace("{}", str(at + 1))
        return ({"@odata.nextLink": following} if at < PAGES - 1 else {}), {}

    paged(source, page)
    load("body", paging="cursor", cursor_path="@odata.nextLink", batch_size=2)
    assert stored("SELECT count(DISTINCT id) FROM public.t") == [(6,)]


@pytest.mark.parametrize("end", [None, "", 0, False, "0", "false", "null", "absent", "stale"])
def test_every_mark_of_the_end_ends_it(
    load: Load, source: RowsSource, stored: Query, end: Any
) -> None:
    def page(at: int) -> tuple[dict[str, Any], dict[str, str]]:
        if at < PAGES - 1:
            return {"next": at + 1}, {}
        return {} if end == "absent" else {"next": at if end == "stale" else end}, {}

    paged(source, page)
    load("body", paging="cursor", cursor_path="next", cursor_param="at")
    assert stored("SELECT count(*) FROM public.t") == [(6,)]


@pytest.mark.parametrize("past", [404, 204])
def test_nothing_past_the_end_of_an_offset_is_the_end(
    load: Load, source: RowsSource, stored: Query, past: int
) -> None:
    def answer(request: Request) -> Response:
        at = int(request.query_params["offset"])
        rows = [{"id": n} for n in range(at, min(at + 2, 6))]
        return Response(json.dumps(rows)) if rows else Response(status_code=past)

    source.faults = [answer] * 10
    load("body", paging="offset", batch_size=2)
    assert stored("SELECT count(DISTINCT id) FROM public.t") == [(6,)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paging": "cursor", "cursor_path": "paging.next"}, "the answer has meta.next_token"),
        ({"paging": "link"}, "no a Link header on any page.*meta.next_token"),
    ],
)
def test_a_first_page_that_points_on_by_another_name_is_not_the_last(
    load: Load, source: RowsSource, given: dict[str, str], words: str
) -> None:
    paged(source, lambda at: ({"meta": {"next_token": at + 1}}, {}))
    with pytest.raises(SourceError, match=words):
        load("body", **given)


def test_a_full_page_without_the_cursor_is_not_the_last(load: Load, source: RowsSource) -> None:
    paged(source, lambda at: ({}, {}))
    with pytest.raises(SourceError, match=r"'nowhere' on any page, and the first page is full \(2"):
        load("body", paging="cursor", cursor_path="nowhere", batch_size=2)


@pytest.mark.parametrize("given", [{}, {"paging": "cursor", "cursor_path": "next"}])
@pytest.mark.parametrize("name", ["total_count", "@odata.count", "X-Total-Count"])
def test_fewer_rows_than_the_source_states_are_refused(
    load: Load, source: RowsSource, given: dict[str, str], name: str
) -> None:
    in_header = name.startswith("X-")
    body: dict[str, Any] = {"next": None} if in_header else {"next": None, name: 25}
    total = (body, {name: "25"} if in_header else {})
    paged(source, lambda at: total)
    with pytest.raises(SourceError, match="states 25 rows, and 2 came"):
        load("body", **given)


def test_a_circle_whose_body_changes_ends_soon(load: Load, source: RowsSource) -> None:
    def page(at: int) -> tuple[dict[str, Any], dict[str, str]]:
        return {"next": (at + 1) % 2, "served": len(source.journal)}, {}

    def again(at: int) -> tuple[dict[str, Any], dict[str, str]]:
        return {"next": f"c{len(source.journal)}"}, {}

    source.faults = []
    paged(source, lambda at: ({**page(at)[0], "next": "0" if at else 1}, {}))
    load("body", paging="cursor", cursor_path="next", cursor_param="at")
    paged(source, again)
    with pytest.raises(SourceError, match="the same as an earlier one"):
        load("body", paging="cursor", cursor_path="next", force=True)
    assert len(source.journal) < 10
