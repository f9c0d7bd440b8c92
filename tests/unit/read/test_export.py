"""Exports: no cell and no column name that a spreadsheet would run."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.export import to_csv, to_excel, to_parquet

FORMULAS = ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =HYPERLINK(0)", "|x"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_text_that_looks_like_a_formula_is_text_in_a_spreadsheet(formula: str) -> None:
    frame = pl.DataFrame({"name": [formula], formula: ["x"]})
    read = pl.read_csv(BytesIO(to_csv(frame)), infer_schema=False, quote_char='"')
    assert read["name"].item().startswith("'")
    assert read.columns[1].startswith("'")


def test_numbers_and_plain_text_are_exported_as_they_are() -> None:
    frame = pl.DataFrame({"n": [-1.5, None], "name": ["D'Ärcy", None], "list": [[1, 2], None]})
    lines = to_csv(frame).decode("utf-8-sig").splitlines()
    assert lines == ["n,name,list", '-1.5,D\'Ärcy,"[1, 2]"', ",,"]


def test_parquet_keeps_types_and_says_where_it_comes_from() -> None:
    content = to_parquet(pl.DataFrame({"n": [1]}), {"snapshot": "7"})
    assert pq.read_metadata(BytesIO(content)).metadata[b"snapshot"] == b"7"


def sheet(frame: pl.DataFrame, name: str = "Rows") -> list[list[object]]:
    """Cells of a sheet of the exported workbook, as openpyxl reads them."""
    book = openpyxl.load_workbook(BytesIO(to_excel(frame, {"lake_snapshot": "7"})))
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def test_excel_has_numbers_dates_and_the_snapshot() -> None:
    day, moment = date(2026, 9, 1), datetime.fromisoformat("2026-09-01T12:30")
    frame = pl.DataFrame({"n": [1.5, None], "day": [day, None], "at": [moment, None], "b": True})
    assert sheet(frame) == [
        ["n", "day", "at", "b"],
        [1.5, datetime.fromisoformat("2026-09-01"), moment, True],
        [None, None, None, True],
    ]
    assert sheet(frame, "Source") == [["lake_snapshot", "7"]]


def test_excel_executes_and_links_nothing() -> None:
    words = ["=1+1", "@SUM(A1)", "http://example.org/", "=cmd|'/c calc'!A1", "1e5", "TRUE"]
    content = to_excel(pl.DataFrame({"=name": words}), {})
    page = openpyxl.load_workbook(BytesIO(content))["Rows"]
    assert [cell.value for cell in page["A"]] == ["=name", *words]
    assert {cell.data_type for cell in page["A"]} == {"s"}
    assert [cell.hyperlink for cell in page["A"]] == [None] * 7


def test_excel_changes_no_number_and_no_time() -> None:
    frame = pl.DataFrame(
        {
            "id": [1234567890123456789],
            "exact": [Decimal("12345678901234567.89")],
            "nan": [float("nan")],
            "at": [datetime(2026, 9, 1, tzinfo=UTC)],
            "old": [date(1899, 12, 31)],
            "list": [[1, 2]],
        }
    )
    assert sheet(frame)[1] == [
        *("1234567890123456789", "12345678901234567.89", "nan"),
        *("2026-09-01T00:00:00+00:00", "1899-12-31", "[1, 2]"),
    ]


def test_a_text_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(ConfigError, match="Row 2 has a text of 40000 characters"):
        to_excel(pl.DataFrame({"a": ["x", "y" * 40_000]}), {})
