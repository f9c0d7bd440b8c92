"""A column has the type that holds every value exactly; else the log says why it is text."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ff_analytics.engine.base.errors import BrokenInput, ContractViolation, SourceError
from tests.fakes.rows import RowsSource, lines
from tests.integration.etl.conftest import Load

Query = Callable[[str], list[tuple[Any, ...]]]


def csv_of(values: list[str], name: str = "v") -> bytes:
    return "".join([f"n,{name}\n", *(f"{n},{v}\n" for n, v in enumerate(values))]).encode()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "9223372036854775807"], "BIGINT"),
        (["1.5", "2", "-0.25"], "DOUBLE"),
        (["10.50", "3.25"], "DECIMAL(38,2)"),
        (["18446744073709551615", "1"], "DECIMAL(38,0)"),
        (["True", "false"], "BOOLEAN"),
        (["2026-11-01", "2026-11-30"], "DATE"),
        (["2026-11-01T10:30:00", "2026-11-01 10:30"], "TIMESTAMP"),
        (["2026-11-01T10:30:00Z"], "TIMESTAMP WITH TIME ZONE"),
        ([" 12", "13 "], "BIGINT"),
    ],
)
def test_a_csv_column_gets_the_type_that_holds_it(
    load: Load, source: RowsSource, stored: Query, values: list[str], kind: str
) -> None:
    source.body, source.content_type = csv_of(values), "text/csv"
    load("body")
    assert stored("SELECT DISTINCT typeof(v) FROM public.t") == [(kind,)]
    assert stored("SELECT count(v) FROM public.t") == [(len(values),)]


@pytest.mark.parametrize(
    "values",
    [
        ["3E8", "12"],
        ["55e1234", "1234567"],
        ["+4915112345678", "4915112345678"],
        ["00501", "90210"],
        ["2.10", "2.9"],
        ["-0", "4"],
        ["1_000", "7"],
        ["Nan", "Inf"],
        ["9007199254740993", "0.5"],
        ["0.1234567890123456789", "1.5"],
        ["1", "1.0"],
        ["20260230", "2026-02-30"],
        ["2026-11-01T10:00:00+02:00", "2026-11-01T10:00:00Z"],
    ],
)
def test_what_would_not_come_back_as_it_stands_is_text(
    load: Load, source: RowsSource, stored: Query, values: list[str]
) -> None:
    source.body, source.content_type = csv_of(values), "text/csv"
    report = load("body")
    assert stored("SELECT v FROM public.t ORDER BY n") == [(value,) for value in values]
    assert "v: VARCHAR, text" in report.columns[1]


@pytest.mark.parametrize(
    ("values", "readings"),
    [
        (["03/04/2026"], "day 03 of month 04 and day 04 of month 03"),
        (["1.000", "2.500"], "1000 and 1"),
        (['"1,234"'], "a comma parts thousands or decimals"),
        (['"9750,5"'], "a decimal comma or parts thousands"),
    ],
)
def test_two_readings_are_text_and_named(
    load: Load, source: RowsSource, stored: Query, values: list[str], readings: str
) -> None:
    source.body, source.content_type = csv_of(values), "text/csv"
    assert readings in load("body").columns[1]
    assert stored("SELECT v FROM public.t ORDER BY n LIMIT 1") == [(values[0].strip('"'),)]


def test_few_odd_cells_are_set_aside_and_do_not_make_a_column_of_text(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.body, source.content_type = csv_of([*map(str, range(200)), "n/a"]), "text/csv"
    report = load("body")
    assert report.rejected_because == {"v: not Int64": 1}
    assert "first 'n/a' in row 201" in report.columns[1]
    assert stored("SELECT sum(v), typeof(any_value(v)) FROM public.t") == [(19900, "BIGINT")]
    source.body = csv_of([*map(str, range(18)), "n/a", "n/a"])
    load("body", target_table="public.u")
    assert stored("SELECT v FROM public.u WHERE n > 16 ORDER BY n")[0] == ("17",)


def test_nan_and_infinity_are_no_numbers(load: Load, source: RowsSource, stored: Query) -> None:
    source.body, source.content_type = csv_of([*["1.5"] * 60, "NaN", "-inf"]), "text/csv"
    assert load("body").rejected_because == {"v: NaN or infinity is no number": 2}
    source.body = lines([*[{"n": n, "v": 0.5} for n in range(60)], b'{"n": 60, "v": 1e400}'])
    source.content_type = "application/x-ndjson"
    assert load("body").rejected_because == {"v: NaN or infinity is no number": 1}
    source.body = csv_of(["nan", "1.5"])
    source.content_type = "text/csv"
    with pytest.raises(ContractViolation, match=r"NaN or infinity.*first in row 1"):
        load("body", target_table="public.u")


@pytest.mark.parametrize("late", [2, 150_000])
def test_an_id_beyond_64_bits_keeps_its_row_wherever_it_comes(
    load: Load, source: RowsSource, stored: Query, late: int
) -> None:
    rows: list[Any] = [{"id": n, "v": n} for n in range(late)]
    source.body = lines([*rows, {"id": 2**64 - 1, "v": 7}, {"id": 2**64 - 2, "v": 8}])
    source.content_type = "application/x-ndjson"
    assert load("body", key_columns=["id"]).counts.new == late + 2
    assert stored("SELECT max(id)::VARCHAR FROM public.t") == [(str(2**64 - 1),)]


def test_the_type_is_that_of_most_values_and_not_of_the_first_ones(
    load: Load, source: RowsSource, stored: Query
) -> None:
    rows: list[Any] = [{"id": n, "v": "?" if n < 1500 else n} for n in range(100_000)]
    source.body, source.content_type = lines(rows), "application/x-ndjson"
    report = load("body")
    assert (report.rows_rejected, report.counts.new) == (1500, 98_500)
    assert stored("SELECT min(v), typeof(min(v)) FROM public.t") == [(1500, "BIGINT")]


def test_a_new_column_is_found_whatever_the_texts_hold(
    load: Load, source: RowsSource, stored: Query
) -> None:
    rows: list[Any] = [{"id": n, "msg": "ok", "opt": None if n % 7 else 1} for n in range(3000)]
    for n in range(2000, 2050):
        rows[n] = {"id": n, "msg": 'user: null, "x": null', "opt": 1, "late": "here"}
    source.body, source.content_type = lines(rows), "application/x-ndjson"
    load("body")
    assert stored("SELECT count(late), count(msg), count(opt) FROM public.t")[0][:2] == (50, 3000)


def test_numbers_in_a_column_of_text_keep_their_digits(
    load: Load, source: RowsSource, stored: Query
) -> None:
    body = b"".join(b'{"id": %d, "v": "a"}\n' % n for n in range(3000))
    source.body = body + b'{"id": 3000, "v": 1.10}\n{"id": 3001, "v": {"n": [2.50, null]}}\n'
    source.content_type = "application/x-ndjson"
    load("body")
    assert stored("SELECT v FROM public.t WHERE id >= 3000 ORDER BY id") == [
        ("1.10",),
        ('{"n": [2.50, null]}',),
    ]


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_key_that_comes_twice_sets_its_row_aside(
    load: Load, source: RowsSource, form: str
) -> None:
    rows = [b'{"id":%d,"v":"x"}' % n for n in range(50)] + [b'{"id":50,"v":"a","v":"b"}']
    source.body = b"[" + b",".join(rows) + b"]" if form == "json" else b"\n".join(rows)
    report = load("body", format=form)
    assert report.rejected_because == {"the key 'v' twice": 1}
    assert pl.read_parquet(str(report.quarantine))["_row"].to_list() == [51]


SECOND = [
    ({"s": {"a": 1, "z": 2}}, "s"),
    ({"s": "text"}, "s"),
    ({"s": [1]}, "s"),
    ({"l": ["x"]}, "l"),
    ({"l": {"a": 1}}, "l"),
    ({"d": 4.567}, "d"),
    ({"f": 2**53 + 1}, "f"),
    ({"i": 2.5}, "i"),
    ({"day": "2026-13-01"}, "day"),
]


@pytest.mark.parametrize(("odd", "name"), SECOND, ids=str)
def test_a_stored_type_holds_a_value_exactly_or_the_row_is_set_aside(
    load: Load, source: RowsSource, stored: Query, odd: dict[str, Any], name: str
) -> None:
    from ff_analytics.engine import lake

    columns = "id INT, s STRUCT(a INT), l INT[], d DECIMAL(9,2), f DOUBLE, i BIGINT, day DATE"
    lake.commit(
        lake.Provenance(author="test", message="a table with every type"),
        lambda con: con.execute(f"CREATE SCHEMA public; CREATE TABLE public.t ({columns})"),
    )
    good = {"s": {"a": 1}, "l": [1, None], "d": 4.56, "f": 0.1, "i": 7.0, "day": "2026-11-20"}
    source.body = lines([*[{"id": n, **good} for n in range(30)], {"id": 99, **odd}])
    source.content_type = "application/x-ndjson"
    report = load("body", key_columns=["id"])
    assert [why.partition(":")[0] for why in report.rejected_because] == [name]
    assert stored("SELECT count(*), sum(d), sum(len(l)) FROM public.t") == [
        (30, Decimal("136.80"), 60)
    ]


def test_a_column_without_a_value_waits_for_its_type(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.body, source.content_type = b"id,v\n1,\n2,\n", "text/csv"
    assert "v: no type" in load("body", key_columns=["id"]).columns[1]
    source.body = b"id,v\n1,2026-11-20\n"
    assert load("body", key_columns=["id"]).columns_added == ("v",)
    assert stored("SELECT typeof(v) FROM public.t WHERE id = 1") == [("DATE",)]
    source.body = b"a,b\n,\n"
    with pytest.raises(BrokenInput, match="no column has a value"):
        load("body", target_table="public.u")


def parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def test_a_parquet_file_is_loaded_exactly_or_its_column_is_named(
    load: Load, source: RowsSource, stored: Query
) -> None:
    source.content_type = "application/parquet"
    nothing = pl.Series([None, None], dtype=pl.Null)
    nested = [[{"a": 1, "b": None}], None]
    source.body = parquet(pl.DataFrame({"a.b": [1, 2], "l": nested, "none": nothing}))
    load("body")
    assert stored('SELECT "a.b", l FROM public.t ORDER BY 1') == [
        (1, '[{"a": 1, "b": null}]'),
        (2, None),
    ]
    source.body = parquet(pl.DataFrame({"wait": pl.Series([5], dtype=pl.Duration("us"))}))
    with pytest.raises(SourceError, match=r"'wait' has type duration\[us\]"):
        load("body", target_table="public.u")


def test_odd_names_are_columns_and_reserved_ones_can_be_renamed(
    load: Load, source: RowsSource, stored: Query
) -> None:
    row = {"_id": 1, "campaign.id": 2, 'five" pipe': 3, "_row": 4}
    source.body, source.content_type = lines([row]), "application/x-ndjson"
    with pytest.raises(SourceError, match=r"'_row': the lake needs .* Set rename_columns"):
        load("body")
    named = {"rename_columns": {"_row": "line"}, "key_columns": ["campaign.id"]}
    load("body", **named)
    assert load("body", **named).counts.unchanged == 1
    assert stored('SELECT _id, "campaign.id", "five"" pipe", line FROM public.t') == [(1, 2, 3, 4)]
