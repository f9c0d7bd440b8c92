"""No lake is created over another, and no file deleted for one, on each catalog and storage."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged, LakeForeign
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach import connection, identity
from ff_analytics.engine.lake.care import adoption, maintenance, trash
from ff_analytics.engine.lake.care.files import storage_of
from ff_analytics.engine.lake.care.maintenance import maintain
from ff_analytics.platform import doctor
from ff_analytics.platform.watch import observe

TABLE = "raw_test.games"
ROWS = 200
Place = Callable[[str], dict[str, str]]


def load(first: int) -> None:
    frame = pl.DataFrame({"id": range(first, first + ROWS)})
    who = lake.Provenance(author="test", message="load")
    lake.commit(who, lambda con: lake.upsert(con, frame, TABLE, ("id",)))


def count() -> int:
    return int(lake.read(f"SELECT count(*) FROM {TABLE}").item())


@pytest.fixture
def filled(lake_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A lake of two data files, which are old enough to be orphans."""
    monkeypatch.setattr(maintenance, "GRACE", -maintenance.GRACE)
    load(0)
    load(1000)
    return lake_settings


def another_catalog(
    settings: Settings, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """FF_LAKE_CATALOG names an empty catalog of the same kind; the files are the same."""
    catalog = f"sqlite:{tmp_path / 'other' / 'catalog.sqlite'}"
    if not settings.catalog.startswith("sqlite"):
        catalog = place("postgres-local")["FF_LAKE_CATALOG"]
    monkeypatch.setenv("FF_LAKE_CATALOG", catalog)
    monkeypatch.setenv("FF_LAKE_DATA", settings.files)
    get_settings.cache_clear()


def test_an_empty_catalog_over_the_files_of_a_lake_is_refused_and_nothing_is_lost(
    filled: Settings, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = storage_of(filled).sizes()
    with monkeypatch.context() as wrong:
        another_catalog(filled, place, wrong, tmp_path)
        for work in (lambda: load(2000), lambda: maintain(dry_run=False), count):
            with pytest.raises(LakeDamaged, match=r"has no catalog.*restore"):
                work()
        assert next(doctor.the_lake()).found.startswith("lake-damaged")
        assert [found.kind for found in observe.of_lake()] == ["lake-damaged"]
    get_settings.cache_clear()
    assert storage_of(filled).sizes() == before
    assert count() == 2 * ROWS
    maintain(dry_run=False)
    # Each file that the catalog names is found where it says, in a store as well.
    assert observe.of_lake() == []
    assert count() == 2 * ROWS


def test_the_files_of_another_lake_are_refused_until_they_are_adopted(filled: Settings) -> None:
    mine = identity.of_files(filled)
    identity.mark_files(identity.new(), filled)
    before = storage_of(filled).sizes()
    for work in (lambda: load(2000), lambda: maintain(dry_run=False)):
        with pytest.raises(LakeForeign, match="is of lake"):
            work()
    assert next(doctor.the_lake()).found.startswith("lake-foreign")
    assert [found.kind for found in observe.of_lake()] == ["lake-foreign"]
    assert storage_of(filled).sizes() == before
    assert adoption.adopt(filled) == mine
    load(2000)
    assert count() == 3 * ROWS


def test_a_lake_without_identity_gets_one_on_its_first_write(filled: Settings) -> None:
    storage_of(filled).delete(identity.MARK)
    with connection.session(filled, read_only=False, create=False, verify=identity.census) as con:
        con.execute(
            "DELETE FROM __ducklake_metadata_lake.ducklake_metadata WHERE key LIKE 'ff_lake%'"
        )
    with pytest.raises(LakeForeign, match="no identity yet"):
        maintain(dry_run=False)
    load(2000)
    with lake.connect() as con:
        assert identity.require(con, filled) == identity.of_files(filled)
    maintain(dry_run=False)
    assert count() == 3 * ROWS


def test_orphans_are_moved_to_the_trash_and_too_many_are_not(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = storage_of(filled)
    for number in range(2):
        files.write(f"raw_test/games/orphan-{number}.parquet", b"rows")
    assert maintain(dry_run=True).orphans_moved == 2
    assert maintain(dry_run=False).orphans_moved == 2
    kept = trash.of_lake(filled).sizes()
    assert sorted(path.partition("/")[2] for path in kept) == [
        f"raw_test/games/orphan-{number}.parquet" for number in range(2)
    ]
    for number in range(6):
        files.write(f"raw_test/games/stray-{number}.parquet", b"rows")
    before = files.sizes()
    with pytest.raises(LakeForeign, match=r"6 files in .* unknown .*FF_ORPHAN_SHARE"):
        maintain(dry_run=False)
    assert files.sizes() == before
    monkeypatch.setattr(trash, "_day", lambda folder: None if folder == "mine" else date.min)
    assert trash.empty(trash.of_lake(filled), filled, dry_run=True) == 2
    assert trash.of_lake(filled).sizes() == kept
    assert trash.empty(trash.of_lake(filled), filled, dry_run=False) == 2
    assert trash.of_lake(filled).sizes() == {}
    assert count() == 2 * ROWS


def test_a_lake_that_is_created_while_a_reader_looks_is_not_called_lost(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = identity.traces

    def slow_look(settings: Settings) -> str:
        # Between the reader's looks for the catalog and for the files the first writer commits.
        monkeypatch.setattr(identity, "traces", look)
        load(0)
        return look(settings)

    monkeypatch.setattr(identity, "traces", slow_look)
    assert count() == ROWS
