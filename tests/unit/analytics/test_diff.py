"""The data diff: what people compare by eye after a run."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ff_analytics.engine.products.stages import compare_output as diff

KEYS = ("player_id", "league", "snapshot_date")


def output(vor: dict[str, float | None], day: int = 1, **more: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "player_id": list(vor),
            "league": "x",
            "snapshot_date": date(2026, 1, day),
            "player_name": [f"Player {p}" for p in vor],
            "vor": list(vor.values()),
            **more,
        },
        schema_overrides={"vor": pl.Float64},
    )


def test_counts_and_the_biggest_mover() -> None:
    before = output({"a": 10.0, "b": 5.0, "c": 1.0})
    after = output({"a": 10.0, "b": 9.0, "d": 2.0}, day=2)
    found = diff.compare(before, after, KEYS, column="vor", label="player_name")
    assert (found.added, found.dropped, found.changed, found.unchanged) == (1, 1, 1, 1)
    assert [(m.key, m.change) for m in found.movers] == [("Player b", 4.0)]
    assert "Player b vor 5.0 to 9.0" in found.line()
    assert [(row.key, row.value) for row in (*found.came, *found.went)] == [
        ("Player d", 2.0),
        ("Player c", 1.0),
    ]


def test_another_date_alone_is_no_change() -> None:
    found = diff.compare(output({"a": 1.0}), output({"a": 1.0}, day=9), KEYS, column="vor")
    assert (found.changed, found.unchanged) == (0, 1)


def test_null_to_value_is_a_change_and_null_to_null_is_not() -> None:
    before = output({"a": None, "b": None})
    found = diff.compare(before, output({"a": 1.0, "b": None}), KEYS, column="vor")
    assert (found.changed, found.unchanged, found.movers) == (1, 1, ())


def test_a_new_column_is_not_compared() -> None:
    found = diff.compare(output({"a": 1.0}), output({"a": 1.0}, tier=[1]), KEYS)
    assert found.changed == 0


def test_a_missing_or_torn_file_has_no_previous(tmp_path: Path) -> None:
    assert diff.previous(tmp_path / "none.parquet") is None
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(b"PAR1 and then nothing")
    assert diff.previous(torn) is None
