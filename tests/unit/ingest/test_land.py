"""Which rows go on, which go to quarantine and why, and when the whole file is refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.nflverse.contract import PlayerWeek
from ff_analytics.domains.fantasy.sources.nflverse.datasets import PLAYER_WEEK
from ff_analytics.engine.accounts.rows import text_frame
from ff_analytics.engine.base.errors import ContractViolation, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest.land import Landed, land
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.shape import conform
from ff_analytics.engine.sources.source import Batch, FetchContext
from tests.fakes.releases import season_frame

Lander = Callable[[pl.DataFrame], Landed]


@pytest.fixture
def landing(lake_settings: Settings) -> Lander:
    """Land a season frame as the nflverse source does."""

    def call(frame: pl.DataFrame) -> Landed:
        context = FetchContext(sources.load("nflverse"), lake_settings, "run", datetime.now(UTC))
        batch = Batch(
            PLAYER_WEEK,
            "2023",
            "nflverse",
            "https://host/file",
            {},
            frame=conform(frame, PlayerWeek).frame,
            identity="player_id",
        )
        return land(batch, context)

    return call


def where(rows: list[int], column: str, value: object) -> pl.Expr:
    """Put `value` into `column` at these row numbers."""
    hit = pl.int_range(pl.len()).is_in(rows)
    return pl.when(hit).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)


def test_a_clean_file_lands_whole_with_one_dtype_for_counts(landing: Lander) -> None:
    landed = landing(season_frame(2023))
    assert (landed.frame.height, landed.rows_rejected, landed.quarantine) == (60, 0, None)
    assert landed.frame.schema["carries"] == pl.Float64
    assert landed.frame["_origin"].unique().to_list() == ["nflverse"]


def test_rows_without_player_are_set_aside(landing: Lander) -> None:
    frame = season_frame(2023).with_columns(where(list(range(12)), "player_id", None))
    landed = landing(frame)
    assert (landed.frame.height, dict(landed.rejected_because)) == (48, {"no player_id": 12})


def test_an_empty_id_is_no_id(landing: Lander) -> None:
    landed = landing(season_frame(2023).with_columns(where([3], "player_id", "")))
    assert dict(landed.rejected_because) == {"no player_id": 1}


def test_rows_with_text_that_cannot_be_stored_are_set_aside(landing: Lander) -> None:
    """NUL as it came, and a lone surrogate as `text_frame` marks it."""
    names = [f"n{n}" for n in range(60)]
    names[3], names[4] = "a\0b", "a\ud800b"
    named = text_frame({"player_display_name": names})
    frame = season_frame(2023).with_columns(named["player_display_name"])
    landed = landing(frame)
    assert dict(landed.rejected_because) == {"a NUL character or a lone surrogate": 2}
    assert landed.frame.height == 58
    assert landed.quarantine is not None
    assert landed.quarantine.stat().st_mode & 0o077 == 0


def test_a_broken_id_column_is_refused(landing: Lander) -> None:
    frame = season_frame(2023).with_columns(where(list(range(30)), "player_id", None))
    with pytest.raises(ContractViolation, match="30 of 60 rows"):
        landing(frame)


def test_of_duplicate_keys_the_last_row_is_kept(landing: Lander) -> None:
    frame = season_frame(2023)
    again = frame[[2, 19]].with_columns(fantasy_points=pl.lit(99.0))
    landed = landing(pl.concat([frame, frame.head(20), again]))
    assert landed.frame.height == 60
    assert landed.frame.filter(pl.col("fantasy_points") == 99.0).height == 2
    assert dict(landed.rejected_because) == {"duplicate key, a later row was kept": 22}
    (warning,) = landed.warnings
    assert "2 of 60 keys come more than once with different values: Player 19 (season" in warning


def test_too_many_doubled_keys_refuse_the_file(landing: Lander) -> None:
    frame = season_frame(2023)
    again = frame.head(5).with_columns(fantasy_points=pl.lit(99.0))
    with pytest.raises(ContractViolation, match=r"5 of 60 keys .* Player 4 .*At most 5% may"):
        landing(pl.concat([frame, again]))


def test_many_rows_without_an_id_are_a_warning(landing: Lander) -> None:
    frame = season_frame(2023).with_columns(where([3, 4], "player_id", None))
    assert landing(frame).warnings == (
        f"player_week 2023: 2 of 60 rows have no player_id, kept in {landing(frame).quarantine}",
    )


def test_broken_rows_are_quarantined_with_their_rule(landing: Lander) -> None:
    landed = landing(season_frame(2023).with_columns(where([4, 9], "week", 99)))
    assert landed.quarantine is not None
    kept = pl.read_parquet(landed.quarantine)
    assert kept["_reason"].to_list() == ["week|max", "week|max"]
    assert kept["week"].to_list() == [99, 99]
    assert "2 rows break the contract, kept in" in landed.warnings[0]
    assert landed.quarantine.parts[-3:] == ("nflverse", "player_week", "run-2023.parquet")


def test_text_among_numbers_breaks_only_its_row(landing: Lander) -> None:
    frame = season_frame(2023).with_columns(pl.col("targets").cast(pl.String))
    landed = landing(frame.with_columns(where([0], "targets", "many")))
    assert dict(landed.rejected_because) == {"targets|dtype": 1}
    assert landed.frame.height == 59


def test_more_than_five_percent_broken_rows_refuse_the_file(landing: Lander) -> None:
    frame = season_frame(2023)
    assert landing(frame.with_columns(where([0, 1, 2], "carries", -1))).frame.height == 57
    with pytest.raises(ContractViolation, match=r"4 of 60 rows .*carries\|min.*first keys"):
        landing(frame.with_columns(where([0, 1, 2, 3], "carries", -1)))


def test_a_file_without_rows_is_refused(landing: Lander) -> None:
    with pytest.raises(SourceError, match="https://host/file holds no rows"):
        landing(season_frame(2023).clear())
