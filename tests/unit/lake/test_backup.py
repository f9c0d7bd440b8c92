"""Copies of the catalog: taken before maintenance, and put back when the catalog is damaged."""

import fcntl
import re
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeBusy, LakeDamaged
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.care import backup
from ff_analytics.engine.lake.care.maintenance import maintain

TABLE = "raw_test.games"
ROWS = f"SELECT count(*) FROM {TABLE}"


def load(*ids: int) -> None:
    who = lake.Provenance(author="test", message="load")
    frame = pl.DataFrame({"id": ids})
    lake.commit(who, lambda con: lake.upsert(con, frame, TABLE, ("id",)))


def restore(*words: str) -> int:
    return ff(["lake", "restore", *words])


@pytest.fixture
def copied(lake_settings: Settings) -> Path:
    """The catalog of a lake of 3 rows, some in files and some in the catalog; a copy exists."""
    load(*range(2))
    maintain(dry_run=False)
    load(5)
    maintain(dry_run=False)
    return backup.sqlite_catalog(lake_settings)


def test_a_damaged_catalog_names_the_command_that_brings_the_rows_back(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load(*range(10, 20))
    copied.write_bytes(b"not a database " * 500)
    with pytest.raises(LakeDamaged, match=r"could not be opened.*ff lake restore"):
        lake.read(ROWS)
    assert restore("latest", "--dry-run") == 0
    assert copied.read_bytes().startswith(b"not a database")
    assert restore("latest", "--yes") == 0
    assert lake.read(ROWS).item() == 3
    aside = re.search(r"before is in (.*?)\.\n", capsys.readouterr().out)
    assert aside is not None
    assert Path(aside[1], copied.name).read_bytes().startswith(b"not a database")
    load(6)
    assert lake.read(ROWS).item() == 4


def test_copies_of_one_second_do_not_replace_each_other(lake_settings: Settings) -> None:
    load(1)
    made = [backup.back_up(lake_settings) for _ in range(4)]
    assert backup.copies(lake_settings) == sorted(made, reverse=True)
    assert made == sorted(set(made))


def test_a_damaged_page_in_the_middle_is_told_as_such(copied: Path) -> None:
    content = bytearray(copied.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    copied.write_bytes(content)
    with pytest.raises(LakeDamaged, match="ff lake restore"):
        lake.read(ROWS)


def test_maintenance_of_a_damaged_catalog_changes_nothing(
    copied: Path, lake_settings: Settings
) -> None:
    before = backup.copies(lake_settings)
    copied.write_bytes(copied.read_bytes()[: copied.stat().st_size // 2])
    with pytest.raises(LakeDamaged, match=r"could not be .*ff lake restore"):
        maintain(dry_run=False)
    assert backup.copies(lake_settings) == before
    assert not list(backup.folder_of(lake_settings).glob(".*"))


def test_a_log_left_beside_the_catalog_does_not_enter_the_restored_one(
    copied: Path, lake_settings: Settings
) -> None:
    """A killed writer leaves its log; SQLite would replay it into whatever has the name."""
    with sqlite3.connect(copied) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE stranger AS SELECT 1")
        writer.commit()
        log = Path(f"{copied}-wal").read_bytes()
    writer.close()
    Path(f"{copied}-wal").write_bytes(log)
    backup.restore(backup.copies(lake_settings)[0], lake_settings)
    with sqlite3.connect(copied) as con:
        assert not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'stranger'").fetchall()
    con.close()
    assert lake.read(ROWS).item() == 3


def test_only_the_newest_copies_are_kept(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FF_CATALOG_BACKUPS", "2")
    get_settings.cache_clear()
    load(1)
    folder = backup.folder_of(lake_settings)
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"catalog-2026010{day}T040000Z.sqlite").touch()
    report = maintain(dry_run=False)
    kept = [str(copy) for copy in backup.copies(lake_settings)]
    assert kept == [report.catalog_copy, str(folder / "catalog-20260103T040000Z.sqlite")]
    assert maintain(dry_run=True).catalog_copy is None


def test_a_copy_whose_data_files_are_gone_is_not_put_back_unasked(
    copied: Path,
    lake_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for file in Path(lake_settings.files).rglob("*.parquet"):
        file.unlink()
    before = copied.read_bytes()
    assert restore("latest", "--yes") == 1
    assert "raw_test.games: 1 of 1 files are gone" in capsys.readouterr().out
    assert copied.read_bytes() == before


def test_nothing_is_replaced_without_consent_or_while_somebody_writes(
    copied: Path, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copied.stat().st_ino
    monkeypatch.setattr("builtins.input", lambda _: "n")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert restore("latest") == 1
    with copied.with_suffix(".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(LakeBusy, match="ff lake restore waited"):
            backup.restore(backup.copies(lake_settings)[0], lake_settings, timeout=0.1)
    assert copied.stat().st_ino == before


def test_without_a_copy_the_list_says_where_they_come_from(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore() == 1
    assert "maintenance/nightly takes one" in capsys.readouterr().out


def test_a_postgres_catalog_has_its_own_tools(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FF_LAKE_CATALOG", "postgres:dbname=lake")
    get_settings.cache_clear()
    assert restore() == 2
    assert "pg_dump" in capsys.readouterr().err
    get_settings.cache_clear()
