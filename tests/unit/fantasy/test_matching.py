"""Names of lists are matched to players of their time; a name that is not says why."""

from datetime import date

import polars as pl

from ff_analytics.domains.fantasy.players.matching import match

PLAYERS = pl.DataFrame(
    {
        "player_id": ["a", "b", "c"],
        "display_name": ["Zib Quill", "Mox Tangle", "Old Hobble"],
        "first_name": ["Zib", "Mox", "Old"],
        "last_name": ["Quill", "Tangle", "Hobble"],
        "position": ["QB", "RB", "QB"],
        "team": ["AXO", "BZQ", "CYX"],
        "rookie_season": [2022, 2023, 2000],
        "last_season": [2026, 2026, 2022],
    }
)


def reasons(*names: str, position: str = "QB") -> list[str | None]:
    listings = pl.DataFrame(
        {
            "listed_name": names,
            "position": [position] * len(names),
            "team": pl.Series([None] * len(names), dtype=pl.String),
            "valued_on": [date(2026, 9, 1)] * len(names),
        }
    )
    return match(listings, PLAYERS)["reason"].to_list()


def test_a_player_who_has_ended_his_career_is_named_as_such() -> None:
    assert reasons("Zib Quill", "Old Hobble", "Nobody Known") == [
        None,
        "the player of that name last played in 2022, the list is of 2026",
        "unknown name",
    ]


def test_a_player_of_that_time_at_another_position_is_not_said_to_have_ended() -> None:
    assert reasons("Mox Tangle") == ["unknown name"]
