"""From a published Parquet file to its mart: reruns replace, history stays, tests stop bad rows."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation
from ff_analytics.engine import dbt, lake
from ff_analytics.engine.base.errors import ConfigError, DbtFailure
from tests.integration.dbt.conftest import Row, Warehouse

MART = "analytics.mrt_player_valuation"
MONDAY, TUESDAY = date(2026, 9, 14), date(2026, 9, 15)


def _valuation(players: str, day: date, league: str = "redraft_ppr", **given: Any) -> pl.DataFrame:
    fixed: dict[Any, Any] = {
        pl.String: "x",
        pl.Date: day,
        pl.Int32: 1,
        pl.Int64: 1,
        pl.Float64: 1.0,
    }
    schema = PlayerValuation.create_empty().schema
    row: Row = {name: fixed[kind] for name, kind in schema.items()}
    row |= {"season": 2026, "age": 25.0, "league": league} | given
    return pl.DataFrame([row | {"player_id": player} for player in players], schema=schema)


def _held(warehouse: Warehouse) -> set[tuple[str, str, date]]:
    rows = warehouse.rows(f"SELECT league, player_id, snapshot_date FROM {MART}")
    return {tuple(row.values()) for row in rows}


def _build(warehouse: Warehouse, full_refresh: bool = False) -> None:
    dbt.build(
        "mrt_player_valuation", holder="t", full_refresh=full_refresh, settings=warehouse.settings
    )


def _publish_and_build(warehouse: Warehouse, frame: pl.DataFrame) -> None:
    warehouse.publish("player_valuation", frame)
    _build(warehouse)


@pytest.fixture(scope="module")
def history(new_warehouse: Callable[[], Warehouse]) -> Warehouse:
    """Two leagues on Monday, one of them on Tuesday, and that one again with a player less."""
    warehouse = new_warehouse()
    _publish_and_build(warehouse, _valuation("abc", MONDAY))
    _publish_and_build(warehouse, _valuation("ab", MONDAY, "superflex_tep"))
    _publish_and_build(warehouse, _valuation("abc", TUESDAY))
    _publish_and_build(warehouse, _valuation("ad", TUESDAY, vor=2.0))
    return warehouse


def test_rerun_replaces_the_rows_of_its_league_and_date_only(history: Warehouse) -> None:
    assert _held(history) == (
        {("redraft_ppr", player, MONDAY) for player in "abc"}
        | {("superflex_tep", player, MONDAY) for player in "ab"}
        | {("redraft_ppr", player, TUESDAY) for player in "ad"}
    )


def test_rerun_brings_the_new_values(history: Warehouse) -> None:
    query = f"SELECT vor FROM {MART} WHERE player_id = 'a' AND league = 'redraft_ppr' "
    assert history.value(f"{query} AND snapshot_date = '{TUESDAY}'") == 2.0
    assert history.value(f"{query} AND snapshot_date = '{MONDAY}'") == 1.0


def test_mart_has_the_types_of_the_contract(history: Warehouse) -> None:
    found = lake.read(f"FROM {MART}", settings=history.settings)
    assert dict(found.schema) == dict(PlayerValuation.create_empty().schema)


def test_failed_test_names_node_rows_and_sql_and_leaves_the_mart_as_it_was(
    history: Warehouse,
) -> None:
    before = _held(history)
    bad = pl.concat([_valuation("a", MONDAY, "bad", age=150.0), _valuation("bc", MONDAY, "bad")])
    with pytest.raises(DbtFailure) as failure:
        _publish_and_build(history, bad)
    message = str(failure.value)
    assert "dbt test within(mrt_player_valuation) failed: 1 rows" in message
    assert "column_name=age, rows_outside=1, lowest=150.0" in message
    assert (history.settings.data / "dbt/target/compiled").as_posix() in message
    assert _held(history) == before


def test_full_refresh_keeps_history(history: Warehouse) -> None:
    before = _held(history)
    history.publish("player_valuation", _valuation("ad", TUESDAY))
    _build(history, full_refresh=True)
    assert _held(history) == before


def test_history_from_before_a_contract_grew_stays_valid(history: Warehouse) -> None:
    def age(con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f"ALTER TABLE {MART} DROP COLUMN vorp")
        con.execute(f"ALTER TABLE {MART} DROP COLUMN games")
        con.execute(f"ALTER TABLE {MART} ADD COLUMN games SMALLINT")

    lake.commit(
        lake.Provenance(author="test", message="an older mart"), age, settings=history.settings
    )
    _publish_and_build(history, _valuation("ad", TUESDAY, games=70_000))
    nulls = f"SELECT count(*) FROM {MART} WHERE vorp IS NULL AND snapshot_date = '{MONDAY}'"
    assert history.value(nulls) == 5
    assert history.value(f"SELECT max(games) FROM {MART}") == 70_000


def test_build_waits_for_a_catalog_that_another_program_holds(history: Warehouse) -> None:
    catalog = history.settings.catalog.partition(":")[2]
    hold = (
        f"import sqlite3, time; c = sqlite3.connect({catalog!r}, isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(1.5)"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        _publish_and_build(history, _valuation("ad", TUESDAY))


def test_unpublished_product_is_a_clear_failure(history: Warehouse) -> None:
    with pytest.raises(DbtFailure, match=r"mrt_template failed: .*published nothing yet"):
        dbt.build("mrt_template", holder="test", settings=history.settings)


def test_unknown_model_is_a_configuration_error(history: Warehouse) -> None:
    with pytest.raises(ConfigError, match="No dbt model matches mrt_missing"):
        dbt.build("mrt_missing", holder="test", settings=history.settings)


def test_nothing_is_printed_and_the_environment_is_left_alone(
    history: Warehouse, capfd: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ)
    history.publish("template", pl.DataFrame({
        "league": ["x"], "season": [2025], "position": ["QB"],
        "players": [1], "total_points": [2.5], "snapshot_date": [MONDAY],
    }))  # fmt: skip
    run = dbt.build("mrt_template", holder="test", settings=history.settings)
    assert run.nodes[0].rows_affected == 1
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == before
    assert not (history.settings.dbt_dir / "target").exists()


def test_another_process_and_another_thread_can_work_afterwards(history: Warehouse) -> None:
    _publish_and_build(history, _valuation("ad", TUESDAY))
    count = f"lake.read('SELECT count(*) FROM {MART}').item()"
    ask = f"from ff_analytics.engine import lake; print({count})"
    environment = os.environ | {"FF_DATA_DIR": str(history.settings.data)}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == len(_held(history))
    thread = threading.Thread(target=_publish_and_build, args=(history, _valuation("e", TUESDAY)))
    thread.start()
    thread.join()
    assert ("redraft_ppr", "e", TUESDAY) in _held(history)
