"""The table that a run on the command line prints."""

from ff_analytics.cli.work.top import table


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
