"""Merging frames into the lake: counts, evolution, refusal."""

from typing import Any

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ContractViolation, LakeMissing
from ff_analytics.engine.base.settings import Settings

WHO = lake.Provenance(author="test", message="test")
TABLE = "raw_test.games"


def load(frame: pl.DataFrame, keys: tuple[str, ...] = ("id",)) -> lake.MergeCounts:
    return lake.commit(WHO, lambda con: lake.upsert(con, frame, TABLE, keys)).value


def stored() -> pl.DataFrame:
    return lake.read(f"FROM {TABLE} ORDER BY id")


@pytest.fixture(autouse=True)
def _own_lake(lake_settings: Settings) -> None:
    pass


def test_counts_new_updated_and_unchanged() -> None:
    load(pl.DataFrame({"id": [1, 2, 3], "v": ["a", "b", None]}))
    counts = load(pl.DataFrame({"id": [1, 2, 3, 4], "v": ["a", "B", None, "d"]}))
    assert counts == lake.MergeCounts(new=1, updated=1, unchanged=2)
    assert stored()["v"].to_list() == ["a", "B", None, "d"]


def test_same_frame_twice_changes_nothing() -> None:
    frame = pl.DataFrame({"id": [1, 2], "v": [0.5, None]})
    load(frame)
    assert load(frame) == lake.MergeCounts(unchanged=2)


def test_null_to_value_and_back_are_updates() -> None:
    load(pl.DataFrame({"id": [1], "v": [None]}, schema={"id": pl.Int64, "v": pl.String}))
    assert load(pl.DataFrame({"id": [1], "v": ["x"]})).updated == 1
    assert (
        load(pl.DataFrame({"id": [1], "v": [None]}, schema_overrides={"v": pl.String})).updated == 1
    )
    assert stored()["v"].to_list() == [None]


def test_new_column_is_added_and_old_rows_hold_null() -> None:
    load(pl.DataFrame({"id": [1]}))
    load(pl.DataFrame({"id": [2], "extra": ["x"]}))
    assert stored().to_dicts() == [{"id": 1, "extra": None}, {"id": 2, "extra": "x"}]


def test_column_missing_from_a_load_becomes_null_in_its_rows() -> None:
    load(pl.DataFrame({"id": [1, 2], "v": ["a", "b"]}))
    assert load(pl.DataFrame({"id": [1]})).updated == 1
    assert stored()["v"].to_list() == [None, "b"]


def test_composite_keys_with_text_dates_and_quotes() -> None:
    frame = pl.DataFrame({"id": [1, 1], "name": ["O'Neil", 'say "x"'], "v": [1, 2]})
    keys = ("id", "name")
    load(frame, keys)
    assert load(frame.with_columns(v=pl.lit(9)), keys).updated == 2


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pl.DataFrame({"id": [1, None]}), "null in key"),
        (pl.DataFrame({"id": [1, 1]}), "duplicate keys"),
    ],
)
def test_keys_without_a_defined_merge_are_refused(frame: pl.DataFrame, words: str) -> None:
    load(pl.DataFrame({"id": [7]}))
    with pytest.raises(ContractViolation, match=words):
        load(frame)
    assert stored()["id"].to_list() == [7]


def test_failing_work_leaves_nothing_behind() -> None:
    load(pl.DataFrame({"id": [1]}))
    before = lake.current_snapshot()

    def work(con: object) -> None:
        lake.upsert(con, pl.DataFrame({"id": [2]}), TABLE, ("id",))  # type: ignore[arg-type]
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        lake.commit(WHO, work)
    assert lake.current_snapshot() == before
    assert stored().height == 1


def test_no_lake_is_a_clear_error(tmp_path: object) -> None:
    with pytest.raises(LakeMissing, match="quickstart"):
        lake.read("SELECT 1")


def test_a_rehearsal_makes_no_lake() -> None:
    new = pl.DataFrame({"id": [1, 2]})
    assert lake.rehearse("test", lambda con: lake.upsert(con, new, TABLE, ("id",))).new == 2
    with pytest.raises(LakeMissing, match="quickstart"):
        lake.read("SELECT 1")


def test_keys_are_never_part_of_a_statement() -> None:
    """Whatever a key holds; bound as well, they let the lake skip files."""
    keys = ["a'); DROP TABLE x; --", "PLANTED'"]
    frame = pl.DataFrame({"id": keys, "v": [1, 2]})
    load(frame)
    asked: list[str] = []

    class Recorder:
        def __init__(self, con: Any) -> None:
            self.con = con

        def __getattr__(self, name: str) -> Any:
            return getattr(self.con, name)

        def execute(self, sql: str, *values: Any) -> Any:
            asked.append(sql)
            return self.con.execute(sql, *values)

    def work(con: Any) -> lake.MergeCounts:
        recorder: Any = Recorder(con)
        return lake.upsert(recorder, frame.with_columns(v=pl.col("v") + 1), TABLE, ("id",))

    assert lake.commit(WHO, work).value == lake.MergeCounts(updated=2)
    assert any("BETWEEN ? AND ?" in sql for sql in asked)
    assert not [sql for sql in asked if "PLANTED" in sql or "DROP TABLE x" in sql]
