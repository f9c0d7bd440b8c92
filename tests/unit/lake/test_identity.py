"""Catalog and files of a lake know each other: nothing is created over, or deleted for, another."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged, LakeForeign
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.dbt.session import session as dbt_session
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.care import backup
from ff_analytics.engine.lake.care.maintenance import maintain
from ff_analytics.platform import doctor
from ff_analytics.platform.watch import observe

TABLE = "raw_test.games"
WHO = lake.Provenance(author="test", message="load")
ROWS = 200


def load(first: int, settings: Settings, table: str = TABLE) -> None:
    frame = pl.DataFrame({"id": range(first, first + ROWS)})
    lake.commit(WHO, lambda con: lake.upsert(con, frame, table, ("id",)), settings=settings)


def restore(*words: str) -> int:
    return ff(["lake", "restore", *words])


def data_files(settings: Settings) -> list[Path]:
    return sorted(Path(settings.files).rglob("*.parquet"))


def age(settings: Settings, hours: int = 48) -> None:
    """Let all data files look as if they were written some time ago."""
    then = time.time() - hours * 3600
    for file in data_files(settings):
        os.utime(file, (then, then))


def strip_identity(settings: Settings) -> None:
    """Make it a lake of a version without identities."""
    with closing(sqlite3.connect(backup.sqlite_catalog(settings))) as con, con:
        con.execute("DELETE FROM ducklake_metadata WHERE key LIKE 'ff_lake%'")
    Path(settings.files, identity.MARK).unlink()


def count(settings: Settings) -> int:
    return int(lake.read(f"SELECT count(*) FROM {TABLE}", settings=settings).item())


@pytest.fixture
def filled(lake_settings: Settings) -> Settings:
    """A lake of 400 rows in two old files, with a copy of its catalog."""
    load(0, lake_settings)
    load(1000, lake_settings)
    backup.back_up(lake_settings)
    age(lake_settings)
    return lake_settings


def emptied(settings: Settings) -> Settings:
    backup.sqlite_catalog(settings).write_bytes(b"")
    return settings


def deleted(settings: Settings) -> Settings:
    backup.sqlite_catalog(settings).unlink()
    return settings


def mistyped(settings: Settings) -> Settings:
    wrong = f"sqlite:{settings.data / 'lake2' / 'catalog.sqlite'}"
    return settings.model_copy(update={"lake_catalog": wrong, "lake_data": settings.files})


@pytest.mark.parametrize("attack", [emptied, deleted, mistyped])
def test_a_catalog_that_is_gone_is_no_new_lake_and_costs_no_file(
    filled: Settings, attack: Callable[[Settings], Settings]
) -> None:
    before, copies = data_files(filled), backup.copies(filled)
    attacked = attack(filled)
    for work in (lambda: load(2000, attacked), lambda: maintain(dry_run=False, settings=attacked)):
        with pytest.raises(LakeDamaged, match=r"has no catalog.*ff lake restore"):
            work()
    assert (data_files(filled), backup.copies(filled)) == (before, copies)
    backup.restore(copies[0], filled)
    assert count(filled) == 2 * ROWS


def test_a_new_lake_begins_where_only_an_empty_catalog_of_a_killed_first_write_lies(
    lake_settings: Settings,
) -> None:
    lake_settings.lake_dir.mkdir(parents=True)
    emptied(lake_settings)
    Path(lake_settings.files).mkdir()
    load(0, lake_settings)
    assert count(lake_settings) == ROWS
    maintain(dry_run=False)


def test_the_catalog_of_another_lake_is_refused_by_writers_dbt_and_maintenance(
    filled: Settings, tmp_path: Path
) -> None:
    other = filled.embedded(tmp_path / "other")
    load(0, other)
    shutil.copy(backup.sqlite_catalog(other), backup.sqlite_catalog(filled))
    before = data_files(filled)

    def build() -> None:
        with dbt_session(filled, WHO):
            pass

    for work in (lambda: load(2000, filled), build, lambda: maintain(dry_run=False)):
        with pytest.raises(LakeForeign, match=r"is of lake .* are of lake .*ff lake restore"):
            work()
    assert data_files(filled) == before


def test_a_lake_without_identity_gets_one_on_its_first_write_and_maintenance_waits_for_it(
    filled: Settings,
) -> None:
    strip_identity(filled)
    with pytest.raises(LakeForeign, match="no identity yet"):
        maintain(dry_run=False)
    load(2000, filled)
    with lake.connect() as con:
        assert identity.require(con, filled) == identity.of_files(filled)
    maintain(dry_run=False)


def test_a_first_write_that_was_killed_before_the_files_had_their_identity_converges(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(identity, "mark_files", killed)
        with pytest.raises(RuntimeError):
            load(0, lake_settings)
    load(0, lake_settings)
    assert count(lake_settings) == ROWS


def test_without_identities_catalog_and_files_that_do_not_fit_are_refused_until_adopted(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = filled.embedded(tmp_path / "other")
    load(0, other)
    strip_identity(other)
    Path(filled.files, identity.MARK).unlink()
    shutil.copy(backup.sqlite_catalog(other), backup.sqlite_catalog(filled))
    before = data_files(filled)
    with pytest.raises(LakeForeign, match=r"2 files are unknown.* --adopt"):
        load(2000, filled)
    assert data_files(filled) == before
    assert restore("--adopt", "--dry-run") == 0
    with pytest.raises(LakeForeign):
        load(2000, filled)
    assert restore("--adopt", "--yes") == 0
    load(2000, filled)


def test_files_that_outnumber_the_known_ones_stay_until_the_share_is_raised_and_can_come_back(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy,) = backup.copies(filled)
    with closing(sqlite3.connect(backup.sqlite_catalog(filled))) as con, con:
        con.execute("DELETE FROM ducklake_data_file")
    before = data_files(filled)
    for dry_run in (True, False):
        with pytest.raises(LakeForeign, match=r"2 files .* unknown .* knows 0.*FF_ORPHAN_SHARE=1"):
            maintain(dry_run=dry_run)
    assert data_files(filled) == before
    monkeypatch.setenv("FF_ORPHAN_SHARE", "1")
    get_settings.cache_clear()
    assert maintain(dry_run=False).orphans_moved == 2
    assert data_files(filled) == []
    assert restore(copy.name, "--yes") == 0
    assert "2 of its files are back from the trash" in capsys.readouterr().out
    assert data_files(filled) == before
    assert count(filled) == 2 * ROWS


def test_a_few_orphans_wait_in_the_trash_before_they_are_deleted(filled: Settings) -> None:
    orphan = Path(filled.files, "raw_test", "games", "ducklake-of-a-killed-run.parquet")
    orphan.write_bytes(b"rows")
    age(filled)
    planned = maintain(dry_run=True)
    assert planned.orphans_moved == 1
    assert "1 orphans moved to" in planned.line()
    assert orphan.exists()
    assert maintain(dry_run=False).orphans_moved == 1
    trash = Path(f"{filled.files}-trash")
    (kept,) = trash.rglob("*.parquet")
    assert kept.relative_to(trash).parts[1:] == orphan.relative_to(filled.files).parts
    today = trash / kept.relative_to(trash).parts[0]
    for days, left in ((filled.trash_days, 1), (filled.trash_days + 1, 0)):
        old = trash / str(date.fromisoformat(today.name) - timedelta(days=days))
        today.rename(old)
        assert maintain(dry_run=True).trash_emptied == 1 - left
        assert maintain(dry_run=False).trash_emptied == 1 - left
        assert len(list(trash.rglob("*.parquet"))) == left
        today = old
    assert count(filled) == 2 * ROWS


def test_a_much_smaller_catalog_is_kept_beside_the_copies_and_pushes_none_out(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = backup.copies(filled)
    with closing(sqlite3.connect(backup.sqlite_catalog(filled))) as con, con:
        con.execute("UPDATE ducklake_table SET end_snapshot = 2")
    for _ in range(filled.catalog_backups + 1):
        with pytest.raises(LakeDamaged, match=r"holds 0 tables.*kept as .*suspect-.*--adopt"):
            maintain(dry_run=False)
    assert backup.copies(filled) == copies
    # Names have whole seconds: a suspect of the same second is reported as well.
    of_that_second = copies[0].with_name(copies[0].name.replace("catalog", "suspect"))
    for suspect in backup.suspects(filled):
        suspect.replace(of_that_second)
    assert 1 <= len(backup.suspects(filled)) <= filled.catalog_backups
    (line,) = doctor.catalog_copies()
    assert (line.verdict, "0 tables" in line.found) == ("fail", True)
    assert restore() == 0
    assert "much smaller than the copy before" in capsys.readouterr().out
    assert restore("--adopt", "--yes") == 0
    maintain(dry_run=False)


def lines() -> tuple[str, str]:
    """What the doctor says of the lake, and the kinds of what the watch finds in it."""
    line = next(doctor.the_lake())
    return f"{line.verdict} {line.found}"[:18], ",".join(f.kind for f in observe.of_lake())


def test_doctor_and_watch_tell_none_from_damaged_and_foreign(
    lake_settings: Settings, tmp_path: Path
) -> None:
    assert lines() == ("warn none yet", "")
    load(0, lake_settings)
    assert lines()[0].startswith("ok ")
    whole = backup.sqlite_catalog(lake_settings).read_bytes()
    for content in (b"", b"not a database " * 500):
        backup.sqlite_catalog(lake_settings).write_bytes(content)
        assert lines() == ("fail lake-damaged:", "lake-damaged")
    backup.sqlite_catalog(lake_settings).write_bytes(whole)
    other = lake_settings.embedded(tmp_path / "other")
    load(0, other)
    shutil.copy(Path(other.files, identity.MARK), Path(lake_settings.files, identity.MARK))
    assert lines() == ("fail lake-foreign:", "lake-foreign")
