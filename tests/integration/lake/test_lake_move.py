"""ff lake move: every row and snapshot arrives, whatever happens on the way."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ff_analytics.cli.data.move import target_of
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.move.move import MoveFailed, move
from tests.fakes import object_store, postgres

TABLES = ("raw_test.many", "raw_test.few", "ops.cursors")
Environment = dict[str, str]


def commit(work: Callable[..., object]) -> int:
    return lake.commit(lake.Provenance(author="test", message="load"), work).snapshot


def name(number: int) -> str:
    """Nothing that a compression would shorten, so that the file holds it as it is."""
    return b64encode(sha256(b"%d" % number).digest()).decode()


def fill() -> int:
    """A table in files, one whose rows wait in the catalog, changed and deleted rows, a cursor."""
    many = pl.DataFrame({"id": range(200), "name": [name(n) for n in range(200)]})
    commit(lambda con: lake.upsert(con, many, "raw_test.many", ("id",)))
    first = commit(lambda con: lake.upsert(con, many.head(3).select("id"), "raw_test.few", ("id",)))
    commit(lambda con: con.execute("DELETE FROM raw_test.many WHERE id = 7"))

    def note(con: object) -> None:
        ops.ensure_tables(con)  # type: ignore[arg-type]
        ops.append(con, "ops.cursors", source="a", cursor="etag")  # type: ignore[arg-type]

    commit(note)
    return first


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A small embedded lake; the credentials of the target are in the environment."""
    monkeypatch.setenv("FF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PGPASSWORD", postgres.PASSWORD)
    get_settings.cache_clear()
    fill()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def there(
    place: Callable[[str], Environment], source: Settings, monkeypatch: pytest.MonkeyPatch
) -> Environment:
    """Settings of the target; its password and keys are in the environment already."""
    env = place("postgres-s3")
    settings = {name: env.pop(name) for name in ("FF_LAKE_CATALOG", "FF_LAKE_DATA")}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    without = settings["FF_LAKE_CATALOG"].replace(f" password={postgres.PASSWORD}", "")
    return settings | {"FF_LAKE_CATALOG": without}


def script(there: Environment, **env: str) -> subprocess.CompletedProcess[str]:
    words = ["--to-catalog", there["FF_LAKE_CATALOG"], "--to-data", there["FF_LAKE_DATA"], "--yes"]
    return subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "lake", "move", *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def target(there: Environment) -> Settings:
    return target_of(get_settings(), there["FF_LAKE_CATALOG"], there["FF_LAKE_DATA"])


def moved(there: Environment) -> list[str]:
    told: list[str] = []
    move(get_settings(), target(there), keys={}, dry_run=False, report_line=told.append)
    return told


def same(one: Settings, other: Settings) -> None:
    for table in TABLES:
        query = f"FROM {table} ORDER BY ALL"
        assert_frame_equal(lake.read(query, settings=one), lake.read(query, settings=other))
    assert_frame_equal(lake.snapshots(one), lake.snapshots(other))


def test_a_move_killed_at_any_point_ends_when_it_is_run_again(there: Environment) -> None:
    points = ("after-mark", "after-file", "inside-catalog", "after-catalog", "before-unmark")
    for point in points:
        killed = script(there, FF_FAULT=f"lake-move.{point}=kill")
        assert killed.returncode == -9, (point, killed.stderr)
    done = script(there)
    assert done.returncode == 0, done.stderr
    assert "FF_LAKE_DATA='" + there["FF_LAKE_DATA"] in done.stdout
    assert "there already" in done.stdout
    same(get_settings(), target(there))
    said = done.stdout + done.stderr
    assert not [word for word in (postgres.PASSWORD, object_store.SECRET) if word in said]


def test_the_moved_lake_goes_on_with_its_history(
    there: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lake.current_snapshot()
    moved(there)
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    more = pl.DataFrame({"id": [2, 1000]})
    counts = []
    commit(lambda con: counts.append(lake.upsert(con, more, "raw_test.few", ("id",))))
    assert counts == [(1, 0, 1)]
    assert lake.read("SELECT count(*) FROM raw_test.few").item() == 4
    assert lake.read("SELECT count(*) FROM raw_test.few", snapshot=before).item() == 3
    assert lake.current_snapshot() > before


def test_a_target_with_anything_else_in_it_is_refused(
    there: Environment, store: object_store.ObjectStore
) -> None:
    prefix = there["FF_LAKE_DATA"].removeprefix(f"s3://{object_store.BUCKET}/")
    store.client().put_object(Bucket=object_store.BUCKET, Key=f"{prefix}/own.txt", Body=b"mine")
    with pytest.raises(ConfigError, match=r"contains 1 files .* did not create"):
        moved(there)
    store.client().delete_object(Bucket=object_store.BUCKET, Key=f"{prefix}/own.txt")
    moved(there)
    with pytest.raises(ConfigError, match="and a catalog with"):
        moved(there)


def test_one_changed_byte_in_the_copy_is_found_and_its_key_told(
    there: Environment, store: object_store.ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FF_FAULT", "lake-move.before-catalog=eio")
    with pytest.raises(OSError, match="before-catalog"):
        moved(there)
    monkeypatch.delenv("FF_FAULT")
    client, bucket = store.client(), object_store.BUCKET
    prefix = there["FF_LAKE_DATA"].removeprefix(f"s3://{bucket}/")
    right, changed = name(123)[8:16].encode(), 0
    for key in store.keys(prefix):
        content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        changed += content.count(right)
        client.put_object(Bucket=bucket, Key=key, Body=content.replace(right, right[::-1]))
    assert changed == 1
    told: list[str] = []
    with pytest.raises(MoveFailed, match=r"differs in raw_test\.many\."):
        move(get_settings(), target(there), keys={}, dry_run=False, report_line=told.append)
    assert any("DIFFERENT raw_test.many" in line and "id = 123" in line for line in told)


def test_a_password_among_the_options_is_refused(source: Settings) -> None:
    for catalog in ("postgres:host=h password=secret-word", "postgresql://u:secret-word@h/db"):
        with pytest.raises(ConfigError, match="PGPASSWORD") as caught:
            target_of(source, catalog, "s3://bucket/prefix")
        assert "secret-word" not in str(caught.value)
