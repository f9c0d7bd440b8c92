"""Whatever the provider does wrong: one clear sentence, and the tables as they were."""

import os
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import polars as pl
import pytest
import stamina

from ff_analytics.engine.base.errors import (
    ConfigError,
    ContractViolation,
    PublishError,
    SourceError,
    SourceUnavailable,
)
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import (
    IngestionSummary,
    fetch_parts,
    land,
    open_run,
    parse_options,
    upsert,
)
from tests.fakes.release_server import ReleaseServer
from tests.fakes.releases import players_frame, season_file, season_frame, write_season

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]

STATE = "SELECT season, count(*), sum(fantasy_points) FROM raw_nflverse.player_week GROUP BY 1"


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"status": 404}, SourceError, "does not exist (HTTP 404)"),
        ({"status": 403}, SourceError, "refused the request (HTTP 403 Forbidden)"),
        (
            {"status": 500},
            SourceUnavailable,
            "answered HTTP 500 Internal Server Error, in each of 2",
        ),
        ({"status": 429}, SourceUnavailable, "answered HTTP 429"),
        ({"truncate_at": 1000}, SourceUnavailable, "broke off its answer"),
        ({"body": b"<html>busy</html>"}, SourceError, "is not a readable parquet file (17 bytes"),
        ({"body": b""}, SourceError, "is not a readable parquet file (0 bytes"),
        ({"body": b"PAR1" + b"\0" * 400 + b"PAR1"}, SourceError, "is not a readable parquet file"),
    ],
)
def test_a_bad_answer_names_the_url_and_leaves_the_table(
    ingest: Ingest,
    server: ReleaseServer,
    stored: Query,
    fault: dict[str, object],
    kind: type[SourceError],
    words: str,
) -> None:
    ingest(2023)
    before = stored(STATE)
    write_season(server.folder, 2023, season_frame(2023, weeks=4))
    server.fail("week_2023", **fault)
    with pytest.raises(kind) as caught:
        ingest(2023)
    assert words in str(caught.value)
    assert f"{server.url}/stats_player/stats_player_week_2023.parquet" in str(caught.value)
    assert stored(STATE) == before
    server.heal()
    assert ingest(2023).totals["new"] == 20


def test_a_slow_answer_is_cut_off_at_the_timeout(
    ingest: Ingest, server: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FF_HTTP_TIMEOUT", "0.2")
    get_settings.cache_clear()
    server.fail("week_2023", delay=60.0)
    started = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"did not answer within 0.2 s \(FF_HTTP_TIMEOUT\)"):
        ingest(2023)
    assert time.monotonic() - started < 30


def test_a_server_that_is_gone_is_unreachable(ingest: Ingest) -> None:
    with pytest.raises(SourceUnavailable, match="could not be reached"):
        ingest(2023, base_url="http://127.0.0.1:9")


def test_a_passing_failure_is_retried(ingest: Ingest, server: ReleaseServer) -> None:
    server.fail("week_2023", status=503, times=1)
    server.fail("players", truncate_at=100, times=1)
    summary = ingest(2023)
    assert (summary.retries, summary.totals["new"]) == (2, 80)


def test_a_refusal_is_not_retried(ingest: Ingest, server: ReleaseServer) -> None:
    server.fail("week_2023", status=403)
    with pytest.raises(SourceError):
        ingest(2023)
    assert len(server.journal) == 1


def test_retry_after_is_waited_for_exactly(ingest: Ingest, server: ReleaseServer) -> None:
    server.fail("week_2023", status=429, times=1, headers={"Retry-After": "1"})
    with stamina.set_testing(False):
        started = time.monotonic()
        summary = ingest(2023)
    assert time.monotonic() - started >= 1.0
    assert summary.throttled_seconds == 1.0


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_long_retry_after_ends_the_run(ingest: Ingest, server: ReleaseServer, form: str) -> None:
    # The date is made here: the whole suite takes minutes from collection to this test.
    late = "3600" if form == "seconds" else formatdate(time.time() + 3600, usegmt=True)
    server.fail("week_2023", status=503, headers={"Retry-After": late})
    with pytest.raises(SourceUnavailable, match=r"requires a wait of 3[56][0-9]{2} s"):
        ingest(2023)


def test_one_bad_season_does_not_stop_the_others(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    server.fail("week_2022", body=b"junk")
    with pytest.raises(SourceError, match=r"1 of 3 parts failed, the others are loaded.*_2022"):
        ingest()
    assert stored("SELECT DISTINCT season FROM raw_nflverse.player_week") == [(2023,)]


def test_a_missing_season_is_named(ingest: Ingest, server: ReleaseServer) -> None:
    with pytest.raises(SourceError, match=r"stats_player_week_2031.parquet does not exist"):
        ingest(2023, 2031)


def test_when_no_season_loads_players_are_not_fetched(
    ingest: Ingest, server: ReleaseServer
) -> None:
    with pytest.raises(SourceError):
        ingest(2031)
    assert [request.path for request in server.journal] == [
        "stats_player/stats_player_week_2031.parquet"
    ]


def test_a_dead_provider_is_not_asked_for_every_season(
    ingest: Ingest, server: ReleaseServer
) -> None:
    server.fail("", status=500)
    with pytest.raises(SourceUnavailable, match="2 of 2 parts failed"):
        ingest(*range(2000, 2020))
    assert len(server.journal) == 4


def test_missing_schedules_are_a_warning(ingest: Ingest, server: ReleaseServer) -> None:
    (server.folder / "schedules" / "games.parquet").unlink()
    summary = ingest(2023, include_schedules=True)
    assert "schedules not loaded" in summary.warnings[0]
    assert summary.totals["new"] == 80


def test_a_season_without_rows_is_refused(ingest: Ingest, server: ReleaseServer) -> None:
    write_season(server.folder, 2023, season_frame(2023).clear())
    with pytest.raises(SourceError, match=r"week_2023.parquet holds no rows"):
        ingest(2023)


def test_the_wrong_season_in_a_file_is_refused(ingest: Ingest, server: ReleaseServer) -> None:
    write_season(server.folder, 2023, season_frame(2021))
    with pytest.raises(SourceError, match="holds season 2021 where 2023 was asked for"):
        ingest(2023)


def test_a_lost_column_is_named(ingest: Ingest, server: ReleaseServer) -> None:
    write_season(server.folder, 2023, season_frame(2023).drop("week", "season_type"))
    with pytest.raises(SourceError, match=r"week_2023.parquet lacks the columns week, season_type"):
        ingest(2023)


def test_too_many_broken_rows_refuse_the_file(
    ingest: Ingest, server: ReleaseServer, stored: Query, lake_settings: Settings
) -> None:
    ingest(2023)
    before = stored(STATE)
    write_season(server.folder, 2023, season_frame(2023).with_columns(targets=pl.lit(4_000)))
    with pytest.raises(ContractViolation, match=r"60 of 60 rows break the contract.*targets\|max"):
        ingest(2023)
    assert stored(STATE) == before
    file = lake_settings.quarantine_dir / "nflverse" / "player_week" / "test-2023.parquet"
    assert pl.read_parquet(file).height == 60


def test_an_old_delivery_does_not_overwrite_a_newer_one(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    """A run that fetched early and commits late, after another one loaded a newer file."""
    os.utime(season_file(server.folder, 2023), (1_000_000_000, 1_000_000_000))
    options = parse_options("nflverse", {"seasons": [2023], "base_url": server.url})
    early = open_run("nflverse")
    batch = next(fetch_parts(early, options))
    write_season(server.folder, 2023, season_frame(2023, weeks=4))
    ingest(2023)
    late = upsert(land(batch, early), early)
    assert "another run loaded a newer version" in late.warnings[0]
    assert stored("SELECT count(*) FROM raw_nflverse.player_week") == [(80,)]


def test_a_full_disk_says_where(
    ingest: Ingest, lake_settings: Settings, server: ReleaseServer
) -> None:
    lake_settings.cache_dir.parent.mkdir(parents=True, exist_ok=True)
    lake_settings.cache_dir.write_text("a file where the folder should be")
    with pytest.raises(PublishError, match=r"cache.*could not be written"):
        ingest(2023)


def test_a_damaged_cache_is_not_believed(
    ingest: Ingest, server: ReleaseServer, lake_settings: Settings, stored: Query
) -> None:
    ingest(2023)
    for file in lake_settings.cache_dir.glob("*.parquet"):
        file.write_bytes(b"damaged")
    players_frame(25).write_parquet(server.folder / "players" / "players.parquet")
    assert ingest(2023).totals["new"] == 5


def test_a_redirect_on_this_machine_is_followed(ingest: Ingest, server: ReleaseServer) -> None:
    there = f"{server.url}/stats_player/stats_player_week_2022.parquet"
    server.fail("week_2031", status=302, headers={"Location": there})
    with pytest.raises(SourceError, match="holds season 2022 where 2031 was asked for"):
        ingest(2031)


@pytest.mark.parametrize("there", ["https://127.0.0.1:9/x", "http://example.org/x"])
def test_a_redirect_elsewhere_is_refused(ingest: Ingest, server: ReleaseServer, there: str) -> None:
    server.fail("week_2023", status=302, headers={"Location": there})
    with pytest.raises(SourceError, match=f"leads to {there}.*not followed"):
        ingest(2023)


def test_clear_text_to_another_machine_is_refused(ingest: Ingest) -> None:
    with pytest.raises(ConfigError, match=r"'http://example.org.*' is not allowed"):
        ingest(2023, base_url="http://example.org")


def test_a_folder_that_is_not_there(ingest: Ingest, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"file://.*week_2023.parquet does not exist"):
        ingest(2023, base_url=(tmp_path / "nowhere").as_uri())


def test_a_row_that_turned_bad_keeps_its_last_good_version(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest(2023)
    bad = pl.when(pl.int_range(pl.len()) == 5).then(-7).otherwise(pl.col("carries"))
    write_season(server.folder, 2023, season_frame(2023).with_columns(carries=bad))
    season = ingest(2023).parts[0]
    assert (season.rows_rejected, season.rows_deleted, season.total_rows) == (1, 0, 60)
    assert season.rejected_because == {"carries|min": 1}
