"""What a run fetches and changes when the provider has something new, or has not."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import (
    IngestionSummary,
    fetch_parts,
    open_run,
    parse_options,
    run_ingest,
)
from tests.fakes.release_server import ReleaseServer
from tests.fakes.releases import season_frame, write_season

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]


def test_first_load_counts_every_row_as_new(ingest: Ingest, stored: Query) -> None:
    summary = ingest()
    assert summary.totals["new"] == 2 * 60 + 20
    assert stored(
        "SELECT season, count(*) FROM raw_nflverse.player_week GROUP BY 1 ORDER BY 1"
    ) == [
        (2022, 60),
        (2023, 60),
    ]


def test_all_raw_tables_exist_after_the_first_load(ingest: Ingest, stored: Query) -> None:
    ingest(2023)
    tables = ["rosters", "contracts", "scoring_rules", "profiles"]
    for table in [f"raw_league.{name}" for name in tables] + ["raw_market.values"]:
        assert stored(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("validators", [("etags",), ("dates",), ("etags", "dates")])
def test_second_run_transfers_nothing(
    ingest: Ingest, server: ReleaseServer, stored: Query, validators: tuple[str, ...]
) -> None:
    server.etags, server.dates = "etags" in validators, "dates" in validators
    ingest()
    before = stored("FROM ops.table_versions ORDER BY 1")
    server.journal.clear()
    summary = ingest()
    assert {request.status for request in server.journal} == {304}
    assert summary.totals["unchanged"] == 140
    assert not summary.changed
    assert stored("FROM ops.table_versions ORDER BY 1") == before


def test_without_validators_the_hash_decides(ingest: Ingest, server: ReleaseServer) -> None:
    server.etags = server.dates = False
    ingest(2023)
    summary = ingest(2023)
    assert all(part.not_modified for part in summary.parts)


def test_an_unchanged_check_counts_for_freshness(ingest: Ingest, stored: Query) -> None:
    ingest(2023)
    ingest(2023)
    runs = stored(
        "SELECT rows_fetched, rows_unchanged, total_rows FROM ops.ingest_runs "
        "WHERE dataset = 'player_week' ORDER BY finished_at"
    )
    assert runs == [(60, 0, 60), (0, 60, 60)]
    assert stored("SELECT bool_and(checked_at > loaded_at) FROM ops.cursors") == [(True,)]


def test_a_restated_row_is_one_update(ingest: Ingest, server: ReleaseServer, stored: Query) -> None:
    ingest(2023)
    restated = pl.col("receiving_yards") + pl.when(pl.int_range(pl.len()) == 7).then(8).otherwise(0)
    write_season(server.folder, 2023, season_frame(2023).with_columns(receiving_yards=restated))
    season = ingest(2023).parts[0]
    assert (season.rows_new, season.rows_updated, season.rows_unchanged) == (0, 1, 59)
    assert stored(
        "SELECT version FROM ops.table_versions WHERE table_name LIKE '%player_week'"
    ) == [(2,)]


def test_an_unfinished_season_grows(ingest: Ingest, server: ReleaseServer) -> None:
    ingest(2023)
    write_season(server.folder, 2023, season_frame(2023, weeks=4))
    season = ingest(2023).parts[0]
    assert (season.rows_new, season.rows_unchanged, season.total_rows) == (20, 60, 80)


def test_rows_restated_away_are_deleted(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest()
    write_season(server.folder, 2023, season_frame(2023).slice(3))
    assert ingest().totals["deleted"] == 3
    assert stored(
        "SELECT season, count(*) FROM raw_nflverse.player_week GROUP BY 1 ORDER BY 1"
    ) == [
        (2022, 60),
        (2023, 57),
    ]


def test_a_file_that_lost_most_rows_deletes_nothing_and_keeps_warning(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest(2023)
    write_season(server.folder, 2023, season_frame(2023, weeks=1))
    first, again = ingest(2023), ingest(2023)
    for summary in (first, again):
        assert "40 of 60 stored rows (67%) are not in the new file" in " ".join(summary.warnings)
    assert stored("SELECT count(*) FROM raw_nflverse.player_week") == [(60,)]
    assert ingest(2023, force=True).totals["deleted"] == 40


def test_force_loads_unchanged_files_again(ingest: Ingest, server: ReleaseServer) -> None:
    ingest(2023)
    server.journal.clear()
    summary = ingest(2023, force=True)
    assert {request.status for request in server.journal} == {200}
    assert (summary.totals["fetched"], summary.totals["unchanged"]) == (80, 80)


def test_another_base_url_with_the_same_bytes_changes_nothing(
    ingest: Ingest, server: ReleaseServer
) -> None:
    ingest(2023)
    summary = ingest(2023, base_url=server.folder.as_uri())
    assert all(part.not_modified for part in summary.parts)


def test_a_cursor_of_an_older_contract_loads_again(
    ingest: Ingest, lake_settings: Settings, stored: Query
) -> None:
    ingest(2023)
    old = json.dumps({"contract": "older"})
    lake.commit(
        lake.Provenance(author="test", message="as after an upgrade"),
        lambda con: con.execute("UPDATE ops.cursors SET cursor = ?", [old]),
    )
    assert ingest(2023).totals["fetched"] == 80


def test_every_commit_says_who_and_what(ingest: Ingest, stored: Query) -> None:
    ingest(2023)
    [(author, message, extra)] = stored(
        "SELECT author, commit_message, commit_extra_info FROM ducklake_snapshots('lake') "
        "WHERE commit_message LIKE '%player_week%'"
    )
    assert (author, message) == ("ingest/nflverse", "merge player_week 2023")
    details = json.loads(str(extra))
    assert (details["run_id"], details["details"]["rows"]) == ("test", 60)


def test_in_september_the_season_before_stands_in(
    server: ReleaseServer, lake_settings: Settings
) -> None:
    """A scheduled run without seasons, days before the first game is published."""
    context = open_run("nflverse")
    context.started_at = datetime(2024, 9, 3, tzinfo=UTC)
    batches = list(fetch_parts(context, parse_options("nflverse", {"base_url": server.url})))
    assert [batch.part for batch in batches] == ["2023", "", ""]
    assert "season 2024 has no statistics yet" in context.warnings[0]
    assert not context.failures


def test_progress_is_told_part_by_part(server: ReleaseServer, lake_settings: Settings) -> None:
    told: list[tuple[str, int, int]] = []
    run_ingest(
        "nflverse",
        {"seasons": [2022, 2023], "base_url": server.url},
        progress=lambda result, done, total: told.append(
            (result.part if result else "", done, total)
        ),
    )
    assert told == [("2022", 1, 4), ("2023", 2, 4), ("", 3, 4), ("", 4, 4)]


def test_schedules_hold_dates_and_scores(ingest: Ingest, stored: Query) -> None:
    ingest(2023, include_schedules=True)
    assert stored("SELECT gameday, home_score FROM raw_nflverse.schedules ORDER BY week") == [
        (date(2023, 9, 10), 21),
        (date(2023, 9, 17), None),
    ]


def test_credentials_in_the_address_are_not_kept(
    ingest: Ingest,
    server: ReleaseServer,
    lake_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As a setting: as a parameter it would be refused, since those are stored in clear.
    monkeypatch.setenv("FF_NFLVERSE_URL", server.url.replace("http://", "http://me:hunter2@"))
    get_settings.cache_clear()
    summary = ingest(2023, base_url=None)
    assert "hunter2" not in summary.model_dump_json()
    assert all(request.headers["Authorization"] for request in server.journal)
    files = (path for path in lake_settings.data.rglob("*") if path.is_file())
    assert not any(b"hunter2" in path.read_bytes() for path in files)
    assert not ingest(2023, base_url=None).changed
