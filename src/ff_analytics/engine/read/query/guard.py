"""Which SQL may run: one statement that reads tables of the lake, and nothing else.

DuckDB parses; the tree is compared with what is allowed. The connection that runs the query is
locked as well (`locked.py`), so either of the two is enough to keep a query in.
"""

import json
import re
import threading
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from ff_analytics.engine.lake.attach.catalog import ALIAS
from ff_analytics.engine.read.query.limits import QueryRefused

_LONGEST = 100_000
_FUNCTIONS_OF_TABLES = frozenset(
    {
        *("unnest", "range", "generate_series", "json_each", "json_tree", "repeat_row"),
        *("duckdb_tables", "duckdb_views", "duckdb_columns", "duckdb_schemas", "duckdb_types"),
    }
)
_FUNCTIONS_OF_FILES = frozenset(
    {"read_parquet", "parquet_scan", "read_csv", "read_csv_auto", "read_json", "read_json_auto"}
)
_CATALOG_VIEWS = frozenset({"duckdb_tables", "duckdb_views", "duckdb_columns", "duckdb_schemas"})
# Settings can hold credentials; the others read, write or run what a string names.
_REFUSED_FUNCTIONS = re.compile(
    r"(current_setting|getenv|write_log|query|query_table|nextval|currval|set_config|"
    r"(read|write|parquet|pragma|load|sniff|sqlite|postgres|ducklake|json_execute|pg_)\w*)"
)
_INTERNAL = re.compile(r"(__|pg_|duckdb_|pragma_|sqlite_|ducklake_)\w*", re.IGNORECASE)
_EXPLAIN = re.compile(r"\s*explain(\s+analyze)?(\s*\([^)]*\))?\s+", re.IGNORECASE)
_local = threading.local()


@dataclass(frozen=True)
class Checked:
    """A query that may run, and the tables that it names, as `schema.table`."""

    sql: str
    tables: tuple[str, ...]


def _parser() -> duckdb.DuckDBPyConnection:
    # One per thread: a connection serves one at a time.
    if not hasattr(_local, "con"):
        _local.con = duckdb.connect(":memory:", config={"threads": 1})
    con: duckdb.DuckDBPyConnection = _local.con
    return con


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _statement(sql: str) -> str:
    """The one statement of `sql`; an EXPLAIN is replaced by what it explains."""
    if len(sql) > _LONGEST:
        raise QueryRefused(f"The query has {len(sql):,} characters; at most {_LONGEST:,}.")
    try:
        found = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(f"The query cannot be parsed: {_first(error)}.") from None
    if not found:
        raise QueryRefused("The query is empty. Example: FROM marts.mrt_player_season LIMIT 5")
    if len(found) > 1:
        raise QueryRefused("One statement at a time; PIVOT without values counts as several.")
    text: str = found[0].query
    kind = found[0].type
    if kind == duckdb.StatementType.EXPLAIN:
        inner = _EXPLAIN.sub("", _without_comments(text), count=1)
        if _EXPLAIN.match(inner):
            raise QueryRefused("EXPLAIN of an EXPLAIN is not read.")
        return _statement(inner)
    if kind != duckdb.StatementType.SELECT:
        raise QueryRefused(
            f"{kind.name} is not allowed: the lake is read only here. Use SELECT, WITH, FROM, "
            "VALUES, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN."
        )
    return text


def _without_comments(sql: str) -> str:
    """`sql` without comments before its first word."""
    return re.sub(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/)+", "", sql, flags=re.DOTALL)


def _first(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "").removeprefix("Parser Error: ").rstrip(".")


def _tree(text: str) -> Any:
    row = _parser().execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    try:
        tree = json.loads(row[0]) if row else {"error": True}
    except RecursionError:
        raise QueryRefused("The query is nested too deeply.") from None
    if tree.get("error"):
        raise QueryRefused("Only SELECT-like statements are read; PRAGMA and CALL are not.")
    return tree


def _check_table(node: dict[str, Any]) -> str:
    names = [node.get(f"{part}_name") or "" for part in ("catalog", "schema", "table")]
    catalog, schema, table = names
    shown = ".".join(name for name in names if name)
    if re.search(r"[/\\:*?]|\.\w{2,8}$", table):
        raise QueryRefused(f"{table!r} looks like a file; only tables of the lake are read.")
    if catalog not in ("", ALIAS) or (_INTERNAL.fullmatch(schema) and schema != "pg_catalog"):
        raise QueryRefused(f"{shown} is not a table of the lake; ff sql 'SHOW ALL TABLES' lists.")
    if schema == "pg_catalog" or (_INTERNAL.fullmatch(table) and table not in _CATALOG_VIEWS):
        raise QueryRefused(f"{shown} is internal to DuckDB; information_schema is not.")
    return f"{schema}.{table}" if schema else table


def _check_function(node: dict[str, Any], *, allowed: Container[str] | None = None) -> None:
    """In FROM only those that are `allowed`; elsewhere all but those that are refused."""
    name = str(node.get("function_name", "")).lower()
    refused = _REFUSED_FUNCTIONS.fullmatch(name) if allowed is None else name not in allowed
    if refused:
        raise QueryRefused(f"The function {name} is not allowed: queries read the lake's tables.")


def check(sql: str, *, files: bool = False) -> Checked:
    """The query if it only reads; raises `QueryRefused` with the reason.

    `files`: it may name files; the connection decides which.
    """
    text = _statement(sql)
    tree = _tree(text)
    nodes = list(_nodes(tree))
    allowed = _FUNCTIONS_OF_TABLES | (_FUNCTIONS_OF_FILES if files else frozenset())
    # Functions in FROM have their own node around the function.
    in_from = [n["function"] for n in nodes if n.get("type") == "TABLE_FUNCTION"]
    for node in in_from:
        _check_function(node, allowed=allowed)
    for node in nodes:
        if "function_name" in node and not any(node is known for known in in_from):
            _check_function(node)
    within = {entry["key"] for n in nodes for entry in (n.get("cte_map") or {}).get("map", [])}
    bases = (n for n in nodes if n.get("type") == "BASE_TABLE" and "table_name" in n)
    named = dict.fromkeys(_check_table(node) for node in bases)
    shows = (n.get("table_name") or "" for n in nodes if n.get("type") == "SHOW_REF")
    named |= dict.fromkeys(name.replace('"', "") for name in shows if "." in name)
    return Checked(sql, tuple(name for name in named if name not in within))
