"""`SHOW TABLES` as a person expects it: every table of the lake, with its schema and rows."""

import json

import duckdb
import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.read.listing import answer
from ff_analytics.engine.read.query.limits import QueryFailed, QueryRefused
from ff_analytics.engine.read.reader import reader


@pytest.fixture
def stocked(lake_settings: Settings) -> Settings:
    def work(con: duckdb.DuckDBPyConnection) -> None:
        for statement in (
            "CREATE SCHEMA raw_shop",
            "CREATE SCHEMA marts",
            "CREATE TABLE raw_shop.orders AS SELECT range AS order_id FROM range(7)",
            "CREATE TABLE marts.mrt_orders AS SELECT 1 AS day, 2 AS orders",
            "CREATE VIEW marts.seen AS FROM raw_shop.orders",
        ):
            con.execute(statement)

    lake.commit(lake.Provenance(author="test", message="rows"), work, settings=lake_settings)
    return lake_settings


@pytest.mark.parametrize(
    "sql",
    [
        *("SHOW TABLES", "show all tables;", "-- all\nSHOW TABLES", "SHOW", "DESCRIBE", "desc ;"),
        *("PRAGMA show_tables", "/* what is here */ SHOW ALL TABLES"),
    ],
)
def test_tables_and_marts_are_listed_with_schema_and_rows(stocked: Settings, sql: str) -> None:
    frame = answer(reader(settings=stocked), sql).frame
    assert frame.select("schema", "table", "rows", "columns").rows() == [
        ("marts", "mrt_orders", 1, 2),
        ("marts", "seen", None, 1),
        ("raw_shop", "orders", 7, 1),
    ]


@pytest.mark.parametrize("sql", ["SHOW TABLES FROM marts", 'show tables in lake."marts"'])
def test_one_schema_can_be_listed(stocked: Settings, sql: str) -> None:
    assert answer(reader(settings=stocked), sql).frame["table"].to_list() == ["mrt_orders", "seen"]


def test_a_schema_that_is_not_there_names_those_that_are(stocked: Settings) -> None:
    with pytest.raises(QueryFailed, match=r"schema 'mart'\. Schemas: marts, raw_shop"):
        answer(reader(settings=stocked), "SHOW TABLES FROM mart")


def test_other_statements_are_answered_by_duckdb(stocked: Settings) -> None:
    known = reader(settings=stocked)
    assert answer(known, "DESCRIBE marts.mrt_orders").frame["column_name"].to_list() == [
        "day",
        "orders",
    ]
    assert answer(known, "SHOW raw_shop.orders").frame["column_name"].to_list() == ["order_id"]
    assert answer(known, "SELECT 'SHOW TABLES' AS words").frame["words"].item() == "SHOW TABLES"
    with pytest.raises(QueryRefused):
        answer(known, "SHOW TABLES; DROP TABLE marts.mrt_orders")


def test_the_command_shows_them_in_each_form(
    stocked: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["sql", "--json", "SHOW TABLES"]) == 0
    assert [row["rows"] for row in json.loads(capsys.readouterr().out)] == [1, None, 7]
    assert ff(["sql", "--csv", "SHOW TABLES"]) == 0
    assert "raw_shop,orders," in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "40")
    assert ff(["sql", "SHOW TABLES"]) == 0
    said = capsys.readouterr().out
    assert "-- row 3\nschema     raw_shop\ntable      orders\n" in said
    assert all(len(line) <= 40 for line in said.splitlines())


def test_a_plan_is_printed_whole(stocked: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert ff(["sql", "EXPLAIN SELECT order_id + 1 FROM raw_shop.orders"]) == 0
    said = capsys.readouterr().out
    assert "PROJECTION" in said
    assert "explain_key" not in said
