"""Exports: no cell and no column name that a spreadsheet would run."""

from io import BytesIO

import polars as pl
import pyarrow.parquet as pq
import pytest

from ff_analytics.engine.read.export import to_csv, to_parquet

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
