"""The table that a run on the command line prints."""

import polars as pl
import pytest

from ff_analytics.cli.work.top import _rows, moved, table
from ff_analytics.engine.products.diff import Mover, OutputDiff
from ff_analytics.engine.products.registry import load, names


def test_rows_are_aligned_below_their_names() -> None:
    rows = [
        {"player": "Krelbin", "points": 329.1, "rank": 1, "team": None},
        {"player": "Wu", "points": 1271.0, "rank": 2, "team": "PQZ"},
    ]
    assert table(rows) == [
        "player   points  rank  team",
        "Krelbin   329.1     1",
        "Wu        1,271     2  PQZ",
    ]


def _cap() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("Snails", 2027, "cut", 9, "cut Wu: saves $9"),
            ("Snails", 2026, "cut", 4, "cut Wu: saves $9"),
            ("Snails", 2026, "baseline", 0, ""),
            ("Yetis", 2026, "cut", 0, ""),
            ("Yetis", 2026, "trade", -5, "receives Li from Snails"),
        ],
        schema=["franchise", "projection_year", "scenario_name", "change_from_baseline", "moves"],
        orient="row",
    )


def test_a_question_about_the_cap_is_answered_for_the_franchise_that_asks() -> None:
    product = load("cap-scenarios")
    rows = _rows(_cap(), product, {"cut": ["Wu"]})
    assert rows["projection_year"].to_list() == [2026, 2027]
    assert set(rows["franchise"]) == {"Snails"}


def test_without_a_question_the_first_rows_by_the_own_order_are_shown() -> None:
    rows = _rows(_cap(), load("cap-scenarios"), {})
    assert rows["change_from_baseline"].to_list() == [9, 4, 0, 0, -5]


def test_the_movers_are_shown_below_the_counts() -> None:
    movers = tuple(Mover(key=f"player {n}", before=10, after=10 - n) for n in range(1, 8))
    diff = OutputDiff(added=0, dropped=0, changed=7, unchanged=3, column="vor", movers=movers)
    first, head, *rows = moved(diff)
    assert first.startswith("against the output before: 0 rows added, 0 dropped, 7 changed")
    assert head.split() == ["vor", "before", "after", "change"]
    assert len(rows) == 5
    assert rows[0].split() == ["player", "1", "10", "9", "-1"]


@pytest.mark.parametrize("name", [name for name in names() if name != "backtest"])
def test_every_product_has_rows_for_the_terminal(name: str) -> None:
    product = load(name)
    assert product.top
    assert product.sort_by
