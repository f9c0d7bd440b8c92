"""Lost and damaged data files: one sentence that names file, table and the way back."""

import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import damage, ops
from ff_analytics.platform import doctor
from ff_analytics.platform.watch import observe

TABLE = "raw_test.games"
ROWS = 5_000


def load(low: int = 0, high: int = ROWS) -> None:
    frame = pl.DataFrame(
        {"id": range(low, high), "name": [f"n{i * 7919}" for i in range(low, high)]}
    )

    def write(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        lake.upsert(con, frame, TABLE, ("id",))

    lake.commit(lake.Provenance(author="test", message="load"), write)


@pytest.fixture
def data_file(lake_settings: Settings) -> Path:
    load()
    (file,) = Path(lake_settings.files).rglob("games/*.parquet")
    return file


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 4, len(content) * 3 // 4, 97):
        content[place] ^= 0x5A
    file.write_bytes(content)


def flip_footer(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for place in range(len(content) - 300, len(content) - 8, 7):
        content[place] ^= 0x5A
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def become_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def be_replaced(file: Path) -> None:
    pl.DataFrame({"other": [1]}).write_parquet(file)


FROM_OUTSIDE = [Path.unlink, cut, empty, become_a_folder, be_replaced]
INSIDE = [flip, flip_footer]


@pytest.mark.parametrize("harm", [*FROM_OUTSIDE, *INSIDE])
def test_a_query_names_file_table_and_way_back(
    data_file: Path, harm: Callable[[Path], None]
) -> None:
    harm(data_file)
    with pytest.raises(LakeDamaged) as raised:
        lake.read(f"SELECT * FROM {TABLE}")
    said = str(raised.value)
    assert str(data_file) in said
    assert TABLE in said
    assert "ff lake restore --drop-damaged" in said
    assert "\n" not in said


@pytest.mark.parametrize("harm", FROM_OUTSIDE)
def test_doctor_and_watch_find_it_without_a_query(
    data_file: Path, harm: Callable[[Path], None]
) -> None:
    harm(data_file)
    (line,) = [line for line in doctor.the_lake() if line.what == "data file"]
    assert line.verdict is doctor.Verdict.FAIL
    assert str(data_file) in line.found
    (finding,) = observe.of_lake()
    assert (finding.kind, finding.subject) == ("lake-damaged", TABLE)
    assert str(data_file) in finding.message


def test_an_intact_lake_has_no_finding(data_file: Path) -> None:
    assert data_file.exists()
    assert observe.of_lake() == []
    assert "data file" not in {line.what for line in doctor.the_lake()}


def test_a_writer_says_the_same_and_stores_nothing(data_file: Path) -> None:
    before = lake.current_snapshot()
    data_file.unlink()
    with pytest.raises(LakeDamaged, match="--drop-damaged"):
        load(10, 20)
    assert lake.current_snapshot() == before


def test_a_file_closed_to_this_user_is_not_called_lost(
    data_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Path.open

    def closed(self: Path, *arguments: object, **options: object) -> object:
        if self == data_file:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(Path, "open", closed)
    (finding,) = observe.of_lake()
    assert "chmod" in finding.message
    assert "--drop-damaged" not in finding.message
    assert ff(["lake", "restore", "--drop-damaged", "--yes"]) == 1
    assert "closed to this user" in capsys.readouterr().out
    assert lake.read(f"SELECT count(*) FROM {TABLE}").item() == ROWS


@pytest.mark.parametrize("harm", [Path.unlink, flip])
def test_the_named_command_lets_the_table_be_loaded_again(
    data_file: Path,
    harm: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm(data_file)
    assert ff(["lake", "restore", "--drop-damaged", "--dry-run"]) == 0
    assert str(data_file) in capsys.readouterr().out
    assert ff(["lake", "restore", "--drop-damaged", "--yes"]) == 0
    load()
    assert lake.read(f"SELECT count(*) FROM {TABLE}").item() == ROWS
    assert observe.of_lake() == []


def test_dropped_tables_forget_their_cursors(data_file: Path) -> None:
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.lake import drop_damaged

    def note(con: duckdb.DuckDBPyConnection) -> None:
        for dataset, table in (("games", TABLE), ("others", "raw_test.others")):
            key = {"source": "test", "dataset": dataset, "part": "all"}
            ops.append(con, "ops.cursors", **key, cursor="{}")
            ops.append(con, "ops.ingest_runs", **key, table_name=table)

    lake.commit(lake.Provenance(author="test", message="cursors"), note)
    data_file.unlink()
    drop_damaged.drop(drop_damaged.find(get_settings()), get_settings())
    kept = lake.read("SELECT dataset FROM ops.cursors UNION SELECT dataset FROM ops.ingest_runs")
    assert kept["dataset"].to_list() == ["others"]


def small_rows_table(con: sqlite3.Connection) -> str:
    """The table of the catalog that holds the small rows of `TABLE`."""
    query = (
        "SELECT i.table_name FROM ducklake_inlined_data_tables i "
        "JOIN ducklake_table t USING (table_id) WHERE t.table_name = 'games'"
    )
    (name,) = con.execute(query).fetchone()
    return str(name)


def test_a_lost_table_of_the_catalog_is_damage_and_not_a_lock(lake_settings: Settings) -> None:
    load(0, 5)
    with closing(sqlite3.connect(lake_settings.catalog.partition(":")[2])) as con:
        name = small_rows_table(con)
        con.execute(f"DROP TABLE {name}")
        con.commit()
    with pytest.raises(LakeDamaged, match=f"lost the table {name}.*ff lake restore"):
        lake.read(f"SELECT * FROM {TABLE}")


def test_a_table_that_a_writer_is_about_to_create_is_not_lost(lake_settings: Settings) -> None:
    load(0, 5)
    with closing(sqlite3.connect(lake_settings.catalog.partition(":")[2])) as con:
        name = small_rows_table(con)
        con.execute(f"ALTER TABLE {name} RENAME TO elsewhere")
        con.commit()
        error = duckdb.CatalogException(f"Catalog Error: Table with name {name} does not exist!")
        with lake.connect() as reader, ThreadPoolExecutor(1) as pool:
            explained = pool.submit(damage.explain, error, reader, lake_settings)
            time.sleep(0.5)  # Not a wait for something: the time that the table is away.
            con.execute(f"ALTER TABLE elsewhere RENAME TO {name}")
            con.commit()
            assert explained.result() is None


def test_an_error_of_the_users_own_file_is_not_called_damage(
    data_file: Path, tmp_path: Path
) -> None:
    assert data_file.exists()
    with pytest.raises(duckdb.Error, match="No files found"):
        lake.read(f"SELECT * FROM read_parquet('{tmp_path}/absent.parquet')")


def test_a_run_on_the_command_line_ends_in_one_sentence(
    lake_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    load()
    Path(lake_settings.catalog.partition(":")[2]).write_bytes(b"not a database " * 500)
    assert ff(["run", "analytics/valuation"]) == 1
    assert "ff lake restore" in capsys.readouterr().err


def test_doctor_and_watch_call_a_damaged_catalog_damaged(lake_settings: Settings) -> None:
    load()
    Path(lake_settings.catalog.partition(":")[2]).write_bytes(b"not a database " * 500)
    (line,) = doctor.the_lake()
    assert line.verdict is doctor.Verdict.FAIL
    assert "ff lake restore" in line.found
    (finding,) = observe.of_lake()
    assert "ff lake restore" in finding.message
