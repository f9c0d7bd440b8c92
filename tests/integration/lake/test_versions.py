"""A late, older page never replaces a newer row."""

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings


def merge(rows: list[tuple[int, int, str]]) -> lake.MergeCounts:
    frame = pl.DataFrame(rows, schema=["id", "version", "name"], orient="row")
    who = lake.Provenance(author="test", message="m")
    return lake.commit(
        who, lambda con: lake.upsert(con, frame, "raw_test.rows", ("id",), version="version")
    ).value


def test_only_a_row_of_the_same_or_a_higher_version_replaces(lake_settings: Settings) -> None:
    merge([(1, 5, "new"), (2, 5, "new"), (3, 5, "new")])
    assert merge([(1, 4, "late"), (2, 5, "mended"), (3, 6, "newer")]) == (0, 2, 1)
    names = lake.read("SELECT name FROM raw_test.rows ORDER BY id")["name"].to_list()
    assert names == ["new", "mended", "newer"]
