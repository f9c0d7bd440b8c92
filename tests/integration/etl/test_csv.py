"""A CSV that is parted or quoted in another way is read right, or refused with the cause."""

from collections.abc import Callable
from typing import Any

import pytest

from ff_analytics.engine.base.errors import SourceError
from tests.fakes.rows import RowsSource
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_another_separator_is_found_and_named(
    load: Load, source: RowsSource, stored: Query, sign: str, name: str
) -> None:
    text = "id,name,v\n1,Ann,2\n2,Bo,3\n".replace(",", sign).replace("Ann", "Ann, the first")
    source.body, source.content_type = text.encode(), "text/csv"
    assert f"parted by {name} (3 columns)" in load("body").warnings[0]
    assert stored("FROM public.t ORDER BY id") == [(1, "Ann, the first", 2), (2, "Bo", 3)]


def test_a_decimal_comma_is_no_separator_and_no_number(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.body, source.content_type = b"name;price\nAnn;1.234\nBo;2.345\n", "text/csv"
    assert "two readings, 1234 and 1.234" in load("body").columns[1]
    assert stored("SELECT max(price) FROM public.t") == [("2.345",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,x;b,y\n1,5;2,5\n", r"comma \(3 columns\) or semicolon \(2 columns\). Set separator"),
        ("a;b;c\n1;2\n3\n4;5;6;7\n", "reads as one column 'a;b;c'.*semicolon"),
    ],
)
def test_a_separator_that_is_not_plain_is_asked_for(
    load: Load, source: RowsSource, text: str, words: str
) -> None:
    source.body, source.content_type = text.encode(), "text/csv"
    with pytest.raises(SourceError, match=words):
        load("body")


def test_a_chosen_separator_is_used(load: Load, source: RowsSource, stored: Query) -> None:
    source.body, source.content_type = b"a,x;b,y\n1,5;2,5\n", "text/csv"
    load("body", separator="semicolon")
    assert stored('SELECT "a,x" FROM public.t') == [("1,5",)]


ROWS = "".join(f"{n},n{n},{n}\n" for n in range(3, 50))


@pytest.mark.parametrize(
    "text",
    [
        'id,name,v\n1,a,1\n2,"b,2\n' + ROWS,
        'id,name,v\n1,a,1\n2,"b,2\n' + ROWS + '50,"c",50\n51,d,51\n',
        'id,name,v\n1,a,1\n2,"b,2\n' + ROWS + '50,c",50\n51,d,51\n',
        'id,name\n1,"a\n2,b"\n3,c\n',
    ],
    ids=["to the end", "to an opening quote", "to a closing quote", "one row"],
)
def test_a_quote_that_is_not_closed_swallows_no_rows(
    load: Load, source: RowsSource, text: str
) -> None:
    source.body, source.content_type = text.encode(), "text/csv"
    with pytest.raises(SourceError, match=r"lines? [123].*a quote .* is opened and not closed"):
        load("body")


def test_a_text_of_several_lines_is_a_text(load: Load, source: RowsSource, stored: Query) -> None:
    text = 'id,note\n1,"first line\nsecond, longer line"\n2,"say ""hi"", then go"\n'
    source.body, source.content_type = text.encode(), "text/csv"
    assert load("body").counts.new == 2
    assert stored("SELECT note FROM public.t WHERE id = 2") == [('say "hi", then go',)]
