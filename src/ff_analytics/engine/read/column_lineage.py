"""Which columns a column of a model is made of, from the SQL that dbt compiled last.

The products' own columns begin at a published file, so their lineage continues at table level:
see `dictionary.parents_of`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from ff_analytics.engine.base.settings import Settings


class Column(NamedTuple):
    """A column of the lake: table as `schema.name`, and its own name."""

    table: str
    name: str


Node = TypeVar("Node")
Types = Mapping[str, Mapping[str, str]]
Graph = Mapping[Column, frozenset[Column]]


def column_lineage(settings: "Settings", types: Types) -> Graph:
    """Direct sources of each column of a compiled model; `types` as `Reader.columns()`.

    A column that no other column feeds (a literal, a count of rows) has an empty set. A model that
    was not compiled yet, or whose SQL cannot be read, is absent.
    """
    folder = settings.data / "dbt" / "target" / "compiled"
    known = tuple((table, tuple(columns.items())) for table, columns in types.items())
    return _of_files(_compiled(folder), known)


def _compiled(folder: Path) -> tuple[tuple[str, str, int], ...]:
    """Table, file and time of each compiled model."""
    found = []
    for file in sorted(folder.glob("*/models/**/*.sql")):
        # The first folder below models/ is the schema (dbt_project.yml).
        schema = file.relative_to(folder).parts[2]
        found.append((f"{schema}.{file.stem}", str(file), file.stat().st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=4)
def _of_files(
    files: tuple[tuple[str, str, int], ...],
    types: tuple[tuple[str, tuple[tuple[str, str], ...]], ...],
) -> Graph:
    from sqlglot.errors import SqlglotError
    from sqlglot.schema import MappingSchema

    tables = {table: dict(columns) for table, columns in types}
    nested: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in tables.items():
        schema, _, name = table.partition(".")
        nested.setdefault(schema, {})[name] = columns
    known = MappingSchema({"lake": nested}, dialect="duckdb")
    graph: dict[Column, frozenset[Column]] = {}
    for table, file, _ in files:
        if table not in tables:
            continue
        try:
            sources = _of_query(Path(file).read_text(encoding="utf-8"), known)
        except (SqlglotError, OSError):
            continue
        for name, found in sources.items():
            if name in tables[table]:
                graph[Column(table, name)] = frozenset(
                    c for c in found if c.name in tables.get(c.table, ())
                )
    return graph


def _of_query(sql: str, known: Any) -> dict[str, set[Column]]:
    """Stored columns that each output column of a query is computed from."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    query = qualify(
        sqlglot.parse_one(sql, dialect="duckdb"),
        schema=known,
        dialect="duckdb",
        validate_qualify_columns=False,
    )
    if not isinstance(query, exp.Query):
        return {}
    scope = build_scope(query)
    found: dict[str, set[Column]] = {}
    for output in query.selects:
        name = output.alias_or_name
        node = lineage(
            name, query, schema=known, scope=scope, dialect="duckdb", trim_selects=False, copy=False
        )
        found[name] = {
            Column(f"{leaf.expression.db}.{leaf.expression.name}", _last(leaf.name))
            for leaf in node.walk()
            if isinstance(leaf.expression, exp.Table) and leaf.expression.db
        }
    return found


def _last(name: str) -> str:
    """`column` of `"table"."column"`."""
    return name.rpartition(".")[2].strip('"')


def relatives(column: Column, graph: Graph) -> tuple[set[Column], set[tuple[Column, Column]]]:
    """All ancestors and descendants of a column with itself, and the edges among them."""
    children: dict[Column, set[Column]] = {}
    for child, parents in graph.items():
        for parent in parents:
            children.setdefault(parent, set()).add(child)
    related = reached(column, graph) | reached(column, children)
    edges = {(p, c) for c in related for p in graph.get(c, ()) if p in related}
    return related, edges


def reached(start: Node, near: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """`start` and all that its edges lead to."""
    found, waiting = {start}, [start]
    while waiting:
        for other in near.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
