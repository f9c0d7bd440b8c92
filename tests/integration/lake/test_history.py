"""Snapshots: pinning, time travel, provenance."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeBusy, LakeMissing
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach.catalog import catalog_file
from ff_analytics.engine.lake.care import backup
from ff_analytics.engine.lake.care.maintenance import maintain

TABLE = "raw_test.games"


def load(*ids: int, **details: object) -> int:
    frame = pl.DataFrame({"id": ids})
    who = lake.Provenance(author="test", message="load", run_id="r-1", details=dict(details))
    return lake.commit(who, lambda con: lake.upsert(con, frame, TABLE, ("id",))).snapshot


@pytest.fixture(autouse=True)
def _own_lake(lake_settings: Settings) -> None:
    pass


def test_a_pinned_reader_sees_its_snapshot_only() -> None:
    first = load(1)
    load(2, 3)
    query = f"SELECT count(*) FROM {TABLE}"
    assert lake.read(query, snapshot=first).item() == 1
    assert lake.read(query).item() == 3


def test_commits_carry_their_provenance() -> None:
    snapshot = load(1, window="2024")
    row = lake.snapshots().filter(pl.col("snapshot_id") == snapshot).row(0, named=True)
    assert row["author"] == "test"
    assert json.loads(row["extra"])["run_id"] == "r-1"
    assert json.loads(row["extra"])["details"] == {"window": "2024"}


def test_a_date_means_the_end_of_that_day() -> None:
    newest = load(1)
    today = datetime.now(UTC).date()
    assert lake.snapshot_at(today, "UTC") == newest
    assert lake.snapshot_date_of(newest, "UTC") == today


def test_before_the_first_snapshot_is_a_clear_error() -> None:
    load(1)
    with pytest.raises(LakeMissing, match="before the lake's first snapshot"):
        lake.snapshot_at(date(2001, 1, 1), "UTC")


def test_unknown_snapshot_is_a_clear_error() -> None:
    load(1)
    with pytest.raises(LakeMissing, match="Snapshot 999"):
        lake.snapshot_date_of(999, "UTC")


def test_maintenance_dry_run_counts_and_the_real_one_keeps_the_rows() -> None:
    for number in range(5):
        load(number)
    planned = maintain(dry_run=True, retention_days=0)
    assert planned.snapshots_expired > 0
    assert lake.snapshots().height > 5
    done = maintain(dry_run=False, retention_days=0)
    assert done.snapshots_expired >= planned.snapshots_expired
    assert lake.read(f"SELECT count(*) FROM {TABLE}").item() == 5


def test_maintenance_does_not_move_rows_from_under_a_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows that are moved out of the catalog would be missing for a reader that is open."""
    monkeypatch.setenv("FF_LAKE_LOCK_TIMEOUT", "0.2")
    get_settings.cache_clear()
    first = load(1, 2, 3)
    with lake.connect(snapshot=first) as reader:
        reader.execute("BEGIN")
        assert lake.snapshot_of(reader) == first
        with pytest.raises(LakeBusy, match="is being read"):
            maintain(dry_run=False)
        if catalog_file(get_settings()):
            assert backup.copies(get_settings()) == []
        rows = reader.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    assert rows == (3,)
    maintain(dry_run=False)
    assert lake.read(f"SELECT count(*) FROM {TABLE}", snapshot=first).item() == 3


def test_a_data_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FF_DATA_DIR", str(tmp_path / "O'Brien's data {x}"))
    get_settings.cache_clear()
    load(1, 2)
    assert lake.read(f"SELECT count(*) FROM {TABLE}").item() == 2
