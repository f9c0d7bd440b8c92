"""Every vintage of a file becomes the same columns."""

from datetime import date

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.market_values.contract import MarketValue
from ff_analytics.domains.fantasy.sources.nflverse.contract import Player, PlayerWeek
from ff_analytics.domains.fantasy.sources.nflverse.files import IGNORED, RENAMES
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.sources.shape import conform, rename, require
from tests.fakes.releases import old_layout, players_frame, season_frame


def test_old_and_new_layout_give_the_same_columns() -> None:
    new, old = season_frame(2023), rename(old_layout(season_frame(2023)), RENAMES)
    shaped = [conform(frame, PlayerWeek, IGNORED["player_week"]) for frame in (new, old)]
    assert shaped[0].frame.columns == shaped[1].frame.columns
    row = shaped[1].frame.row(0, named=True)
    assert (row["team"], row["passing_interceptions"]) == ("AAA", 1.0)
    assert (row["sacks_suffered"], row["sack_yards_lost"]) == (2.0, -9.0)


def test_a_new_name_wins_over_the_old_one() -> None:
    frame = pl.DataFrame({"team": ["new"], "recent_team": ["old"]})
    assert rename(frame, RENAMES)["team"].to_list() == ["new"]


def test_unknown_columns_are_noted_and_left_out() -> None:
    frame = season_frame(2023).with_columns(blitz_rate=0.5, dakota=0.1)
    shaped = conform(frame, PlayerWeek, IGNORED["player_week"])
    assert shaped.schema_changes[0] == "unknown columns left out: blitz_rate"
    assert "blitz_rate" not in shaped.frame.columns


def test_absent_statistics_are_null() -> None:
    shaped = conform(season_frame(2023), PlayerWeek, IGNORED["player_week"])
    assert shaped.frame["def_sacks"].null_count() == shaped.frame.height


def test_a_ratio_without_a_base_is_null() -> None:
    odd = [float("nan"), float("inf"), 0.5, *[None] * 57]
    shaped = conform(season_frame(2023).with_columns(racr=pl.Series(odd)), PlayerWeek)
    assert shaped.frame["racr"].to_list()[:3] == [None, None, 0.5]


def test_ids_read_as_floats_lose_the_point() -> None:
    shaped = conform(players_frame(3), Player)
    assert [str(value) for value in shaped.frame["espn_id"]] == ["0", "1", "2"]


def test_an_unreadable_date_is_null_with_a_warning() -> None:
    frame = players_frame(3).with_columns(birth_date=pl.Series(["1999-05-17", "17.5.99", ""]))
    shaped = conform(frame, Player)
    assert shaped.frame["birth_date"].to_list() == [date(1999, 5, 17), None, None]
    assert shaped.warnings == ("1 unreadable dates in birth_date, e.g. '17.5.99'",)


def test_text_from_a_csv_is_brought_over() -> None:
    names = ("provider", "format", "player_id", "value", "valued_on")
    row = ("sample", "1qb", "SMP-1", "12.5", "2026-02-15")
    shaped = conform(pl.DataFrame(dict(zip(names, row, strict=True))), MarketValue)
    valid = MarketValue.cast(shaped.frame.with_columns(pl.lit("sample").alias("_origin")))
    assert valid.row(0)[3:5] == (12.5, date(2026, 2, 15))


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(SourceError, match="https://host/f lacks the columns week"):
        require(season_frame(2023).drop("week"), ("season", "week"), "https://host/f?key=1")
