"""Tables, their meaning and age, products, and SQL that can only read."""

import threading
from collections.abc import Callable
from typing import Annotated, Any

import anyio
import anyio.to_thread
from pydantic import Field

from ff_analytics.app.mcp.answer import Access, Answer
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.declared import all_products
from ff_analytics.engine.read.dictionary import ColumnText, TableText, dictionary, parents_of
from ff_analytics.engine.read.provenance import measured_errors
from ff_analytics.engine.read.query.limits import Limits, QueryFailed
from ff_analytics.engine.read.reader import Reader, Result
from ff_analytics.engine.read.tables import State, TableFacts, facts

AsOf = Annotated[
    int | None, Field(description="Read this lake snapshot instead of the newest.", ge=0)
]
MOST_ROWS = 1_000
_MOST_TABLES = 200
_WORST = (State.STALE, State.OLD, State.EMPTY, State.FRESH, State.SAMPLE, State.UNKNOWN)


def _line(fact: TableFacts, text: str = "") -> dict[str, Any]:
    line = {
        "table": fact.table,
        "kind": fact.kind,
        "rows": fact.rows,
        "loaded_at": fact.day or fact.loaded_at,
        "state": str(fact.state),
        "about": text,
    }
    return {name: value for name, value in line.items() if value not in (None, "")}


def _aged(fact: TableFacts) -> dict[str, Any]:
    more = {"policy": fact.policy, "origin": fact.origin, "what_to_do": fact.what_to_do}
    return _line(fact) | {name: value for name, value in more.items() if value}


def _columns(at: Reader, table: str, described: TableText) -> list[dict[str, str]]:
    measured = measured_errors(table)
    found = []
    for column, kind in at.columns()[table].items():
        text = described.columns.get(column, ColumnText())
        line = {
            "column": column,
            "type": kind,
            "about": text.text,
            "unit": text.unit,
            "rule": text.rule,
            "measured_error": measured.get(column, ""),
        }
        found.append({name: value for name, value in line.items() if value})
    return found


class LakeTools:
    """Those of the lake itself."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """The tools."""
        return [
            self.list_tables,
            self.describe_table,
            self.list_products,
            self.freshness,
            self.query,
        ]

    def list_tables(
        self,
        search: Annotated[str, Field(description="Words of a name or a description.")] = "",
        schema: Annotated[str, Field(description="e.g. analytics, marts, core, ops.")] = "",
        as_of: AsOf = None,
    ) -> Answer:
        """Tables and views of the lake: rows, age, freshness, meaning."""
        at = self._access.reader(as_of)
        texts = dictionary(self._access.settings)
        with at.together():
            known = facts(at)
        words = search.lower().split()

        def text(fact: TableFacts) -> str:
            return texts.get(fact.table, TableText()).text

        found = [
            _line(fact, text(fact))
            for fact in known
            if schema in ("", fact.schema)
            and all(word in f"{fact.table} {text(fact)}".lower() for word in words)
        ]
        cut = f"the first {_MOST_TABLES} of {len(found)} tables" if found[_MOST_TABLES:] else ""
        return self._access.of_lake(at, found[:_MOST_TABLES], truncated=cut)

    def describe_table(
        self,
        table: Annotated[str, Field(description="As schema.table, from list_tables.")],
        as_of: AsOf = None,
    ) -> Answer:
        """A table's columns with type, meaning, unit and measured error; what it is made of."""
        at = self._access.reader(as_of)
        if table not in at.tables():
            raise ConfigError(f"The lake has no table {table[:80]!r}. list_tables has all names.")
        texts = dictionary(self._access.settings)
        described = texts.get(table, TableText())
        data = {
            "table": table,
            "about": described.text,
            "columns": _columns(at, table, described),
            "made_of": parents_of(table, texts),
            "query": f"SELECT * FROM {table} LIMIT 20",
        }
        return self._access.of_lake(at, data, [table])

    def list_products(self) -> Answer:
        """Analytics products: what each computes, from what, and its table in the lake."""
        at = self._access.reader()
        known = {fact.table: fact for fact in facts(at)}
        found = [
            {
                "product": product.name,
                "title": product.title,
                "about": product.description,
                "table": product.mart,
                "reads": [source.mart for source in product.inputs],
                "deployment": product.deployed_as or f"analytics/{product.name}",
                "rows": known[product.mart].rows if product.mart in known else 0,
            }
            for product in all_products()
        ]
        return self._access.of_lake(at, found, [product.mart for product in all_products()])

    def freshness(
        self,
        late_only: Annotated[bool, Field(description="Only what is old or stale.")] = False,
    ) -> Answer:
        """Age of every loaded table and product against its policy, the worst first."""
        at = self._access.reader()
        with at.together():
            known = [f for f in facts(at) if f.state is not State.UNKNOWN]
        known.sort(key=lambda fact: (_WORST.index(fact.state), fact.table))
        late = (State.OLD, State.STALE)
        found = [_aged(fact) for fact in known if not late_only or fact.state in late]
        return self._access.of_lake(at, found)

    async def query(
        self,
        sql: Annotated[
            str, Field(description="One DuckDB statement that reads: SELECT, WITH, FROM, DESCRIBE.")
        ],
        limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows at most.")] = 100,
        as_of: AsOf = None,
    ) -> Answer:
        """Run read-only SQL on the lake's tables; 10 seconds, 1 MB and 1,000 rows at most."""
        limits = Limits(rows=limit, seconds=10.0, memory_mb=512, result_mb=1)
        cancel = threading.Event()

        def run() -> Answer:
            at = self._access.reader(as_of)
            try:
                found = Reader(at.settings, at.snapshot, at.committed_at, limits).query(sql, cancel)
            except QueryFailed as error:
                raise ConfigError(
                    f"{str(error).rstrip('.')}. list_tables and describe_table have the names."
                ) from None
            return _rows(self._access, at, found)

        try:
            return await anyio.to_thread.run_sync(run, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            # The client has withdrawn its request: the query must not go on.
            cancel.set()
            raise


def _rows(access: Access, at: Reader, found: Result) -> Answer:
    cut = found.truncated and f"{found.truncated}: filter or aggregate, or raise the limit"
    columns = found.frame.columns
    return access.of_lake(at, found.frame.to_dicts(), found.tables, columns, cut)
