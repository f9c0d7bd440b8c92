"""Where the rows of a table come from: loaded when, by which run, how fresh, from what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ff_analytics.engine.lake.attach.catalog import quote
from ff_analytics.engine.read.declared import all_products, all_sources
from ff_analytics.engine.sources.domain import domains, invented

if TYPE_CHECKING:
    from ff_analytics.engine.base.dataset import Freshness
    from ff_analytics.engine.read.reader import Reader


class State(StrEnum):
    """How old the rows are, by the policy of their dataset or product."""

    FRESH = "fresh"
    OLD = "old"
    STALE = "stale"
    EMPTY = "empty"
    SAMPLE = "sample"
    UNKNOWN = "no policy"


@dataclass(frozen=True)
class TableFacts:
    """One table at the reader's snapshot."""

    table: str
    kind: str
    rows: int | None = None
    loaded_at: datetime | None = None
    day: date | None = None
    run_id: str = ""
    origin: str = ""
    state: State = State.UNKNOWN
    policy: str = ""
    what_to_do: str = ""

    @property
    def schema(self) -> str:
        return self.table.partition(".")[0]

    @property
    def name(self) -> str:
        return self.table.partition(".")[2]


_KINDS = {
    "raw": "loaded", "staging": "view", "core": "model", "marts": "mart", "analytics": "product",
    "ops": "record",
}  # fmt: skip


def kind_of(table: str) -> str:
    """What a table is, by its schema."""
    schema = table.partition(".")[0]
    return _KINDS.get("raw" if schema.startswith("raw_") else schema, "table")


def _days(delta: timedelta) -> str:
    days = delta.total_seconds() / 86400
    return f"{days:g} day{'' if days == 1 else 's'}"


def state_of(loaded_at: datetime | None, policy: "Freshness | None", now: datetime) -> State:
    """State of rows of that age."""
    if loaded_at is None or policy is None:
        return State.UNKNOWN
    age = now - loaded_at
    return State.STALE if age > policy.error else State.OLD if age > policy.warn else State.FRESH


def _policies() -> "dict[str, tuple[Freshness, str]]":
    """Policy and the command that loads again, by table."""
    found: dict[str, tuple[Freshness, str]] = {}
    for source in all_sources():
        if not invented(source.name):
            for dataset in source.datasets:
                found.setdefault(dataset.table, (dataset.freshness, f"ingest/{source.name}"))
    for domain in domains():
        # They follow files of the user, with each run: no age is too old.
        for dataset in domain.mirrored:
            found.pop(dataset.table, None)
    for product in all_products():
        found[product.mart] = (product.freshness, product.deployment)
    return found


def _loads(reader: "Reader") -> dict[str, tuple[datetime | None, str, str]]:
    """Last load by table: when, run, origin."""
    there = reader.tables()
    found: dict[str, tuple[datetime | None, str, str]] = {}
    if "ops.mart_builds" in there:
        rows = reader.ask("SELECT model, built_at FROM ops.mart_builds").iter_rows()
        by_name = {table.partition(".")[2]: table for table in there}
        found |= {by_name[m]: (at, "", "") for m, at in rows if m in by_name}
    if "ops.ingest_runs" in there:
        rows = reader.ask(
            "SELECT table_name, max(finished_at), max_by(run_id, finished_at), "
            "max_by(origin, finished_at) FROM ops.ingest_runs GROUP BY ALL"
        ).iter_rows()
        found |= {table: (at, run or "", origin or "") for table, at, run, origin in rows}
    return found


def _rows(reader: "Reader", tables: list[str]) -> dict[str, int]:
    """Rows by table; views are not counted, since that runs them."""
    frame = reader.ask(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = 'lake' AND NOT internal"
    )
    stored = [table for (table,) in frame.iter_rows() if table in tables]
    if not stored:
        return {}
    counts = " UNION ALL ".join(
        f"SELECT '{table.replace(chr(39), chr(39) * 2)}' AS t, count(*) AS n FROM {quote(table)}"
        for table in stored
    )
    return dict(reader.ask(counts).iter_rows())


def _published(reader: "Reader", tables: list[str]) -> dict[str, date]:
    """The newest official day of a product's history, by mart."""
    marts = {p.mart: p for p in all_products() if p.mart in tables}
    dated = [m for m in marts if "snapshot_date" in reader.columns().get(m, {})]
    if not dated:
        return {}
    newest = " UNION ALL ".join(
        f"SELECT '{mart}' AS t, max(snapshot_date) AS d FROM {quote(mart)}" for mart in dated
    )
    return {mart: day for mart, day in reader.ask(newest).iter_rows() if day}


def facts(reader: "Reader", now: datetime | None = None) -> list[TableFacts]:
    """Facts of every table and view of the lake, in the order of schema and name."""
    now = now or datetime.now(UTC)
    tables = sorted(reader.tables())
    loads, rows, policies = _loads(reader), _rows(reader, tables), _policies()
    published = _published(reader, tables)
    found = []
    for table in tables:
        loaded_at, run, origin = loads.get(table, (None, "", ""))
        if day := published.get(table):
            loaded_at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        policy, again = policies.get(table, (None, ""))
        state = state_of(loaded_at, policy, now)
        if rows.get(table) == 0:
            state = State.EMPTY
        elif invented(origin):
            # No provider could bring newer rows.
            state = State.SAMPLE
        late = state in (State.OLD, State.STALE)
        words = f"{_days(policy.warn)}, stale after {_days(policy.error)}" if policy else ""
        found.append(
            TableFacts(
                table=table,
                kind=kind_of(table),
                rows=rows.get(table),
                loaded_at=loaded_at,
                day=day,
                run_id=run,
                origin=origin,
                state=state,
                policy=f"old after {words}" if words else "",
                what_to_do=f"prefect deployment run '{again}'" if late and again else "",
            )
        )
    return found
