"""The catalog: every table with its columns, age, loads, checks, lineage; snapshots and changes."""

from typing import Any, NamedTuple

import polars as pl
from starlette.responses import Response

from ff_analytics.app.pages.lake import lineage, quarantine
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.lake.attach.catalog import quote, text
from ff_analytics.engine.read.column_lineage import Column, column_lineage
from ff_analytics.engine.read.dictionary import ColumnText, TableText, dictionary
from ff_analytics.engine.read.provenance import measured_errors
from ff_analytics.engine.read.tables import facts

_SAMPLE = 12


class Line(NamedTuple):
    """A column of a table: type, meaning, measured error, and the columns that it is made of."""

    name: str
    kind: str
    text: ColumnText
    measured: str
    sources: list[Column]


_SNAPSHOTS = 20


def catalog(page: Page) -> Response:
    """All tables and views by schema, what was quarantined, and the newest snapshots."""
    known = facts(page.reader)
    texts = dictionary(page.settings)
    words = page.get("q").lower().split()
    found = [
        fact
        for fact in known
        if all(w in f"{fact.table} {_all_text(texts.get(fact.table))}".lower() for w in words)
    ]
    schemas = {fact.schema: [f for f in found if f.schema == fact.schema] for fact in found}
    body = part(
        "catalog.html.j2",
        page=page,
        schemas=schemas,
        texts=texts,
        total=len(known),
        found=len(found),
        quarantined=quarantine.files(page.settings),
        snapshots=_snapshots(page),
    )
    lede = "Every table and view of the lake, what it means, how old it is and where it comes from."
    return show(page, "Catalog", body, lede=lede)


def _all_text(known: TableText | None) -> str:
    if known is None:
        return ""
    return " ".join([known.text, *known.columns, *(c.text for c in known.columns.values())])


def _snapshots(page: Page) -> list[dict[str, Any]]:
    return page.reader.ask(
        "SELECT snapshot_id, snapshot_time, author, commit_message AS message "
        f"FROM ducklake_snapshots('lake') ORDER BY snapshot_id DESC LIMIT {_SNAPSHOTS}"
    ).to_dicts()


def _loads(page: Page, name: str) -> list[dict[str, Any]]:
    if "ops.ingest_runs" not in page.reader.tables():
        return []
    return page.reader.ask(
        "SELECT finished_at, source, origin, part, rows_fetched, rows_new, rows_updated, "
        "rows_unchanged, rows_rejected, rows_deleted, total_rows FROM ops.ingest_runs "
        "WHERE table_name = ? ORDER BY finished_at DESC LIMIT 20",
        [name],
    ).to_dicts()


def _checks(page: Page, name: str) -> list[dict[str, Any]]:
    if "ops.check_results" not in page.reader.tables():
        return []
    return page.reader.ask(
        "SELECT product, check_name, status, observed, expected, checked_at "
        "FROM ops.check_results WHERE subject = ? ORDER BY checked_at DESC LIMIT 30",
        [name],
    ).to_dicts()


def table(page: Page) -> Response:
    """One table: columns, loads, checks, lineage, its first rows."""
    name = page.request.path_params["table"]
    known = {fact.table: fact for fact in facts(page.reader)}
    if name not in known:
        raise ConfigError(f"The lake has no table {name[:80]!r} at this snapshot.")
    fact, texts = known[name], dictionary(page.settings)
    described = texts.get(name, TableText())
    measured = measured_errors(name)
    types = page.reader.columns()
    graph = column_lineage(page.settings, types)
    columns = [
        Line(
            column,
            kind,
            described.columns.get(column, ColumnText()),
            measured.get(column, ""),
            sorted(graph.get(Column(name, column), ())),
        )
        for column, kind in types[name].items()
    ]
    asked = page.get("of")
    if asked and asked not in types[name]:
        raise ConfigError(f"{name} has no column {asked[:80]!r} at this snapshot.")
    sample = page.reader.ask(f"SELECT * FROM {quote(name)} LIMIT {_SAMPLE}")
    body = part(
        "table.html.j2",
        page=page,
        fact=fact,
        described=described,
        columns=columns,
        loads=_loads(page, name),
        checks=_checks(page, name),
        quarantined=quarantine.of_table(page.settings, name),
        graph=lineage.drawing(page, name, texts, set(known)),
        asked=asked,
        of_column=lineage.of_column(page, Column(name, asked), graph) if asked else None,
        sample=sample.to_dicts(),
        sample_columns=sample.columns,
        numeric={c for c, kind in sample.schema.items() if kind.is_numeric()},
        query=f"FROM {name} LIMIT 100",
    )
    crumbs = [(page.link("/catalog"), "Catalog")]
    return show(page, name, body, lede=described.text, crumbs=crumbs, sources=[name])


def changes(page: Page) -> Response:
    """Rows inserted and deleted between two snapshots, by table."""
    ids = [page.get("a"), page.get("b")]
    if not all(i.isascii() and i.isdigit() for i in ids):
        raise ConfigError("Give two snapshots, as /catalog/changes?a=40&b=52.")
    first, last = sorted(int(i) for i in ids)
    kept = lake.snapshots(page.settings)["snapshot_id"].to_list()
    if lost := [i for i in (first, last) if i not in kept]:
        raise ConfigError(f"Snapshot {lost[0]} is not kept; there are {kept[0]} to {kept[-1]}.")
    rows = _changed(page, first, last) if first < last else []
    body = part("changes_page.html.j2", page=page, first=first, last=last, rows=rows)
    crumbs = [(page.link("/catalog"), "Catalog")]
    return show(page, f"Snapshots {first} to {last}", body, crumbs=crumbs)


def _changed(page: Page, first: int, last: int) -> list[tuple[str, int, int]]:
    at = page.reader
    stored = pl.Series(
        at.ask(
            "SELECT schema_name || '.' || table_name AS t FROM duckdb_tables() "
            "WHERE database_name = 'lake' AND NOT internal ORDER BY t"
        )["t"]
    ).to_list()
    found = []
    for name in stored:
        schema, _, plain = name.partition(".")
        where = f"'lake', {text(schema)}, {text(plain)}, {first + 1}, {last}"
        try:
            frame = at.ask(
                f"SELECT count(*) FILTER (change_type IN ('insert', 'update_postimage')), "
                f"count(*) FILTER (change_type IN ('delete', 'update_preimage')) "
                f"FROM ducklake_table_changes({where})"
            )
        except ConfigError:
            # Made after the first of the two: all of its rows are new.
            count = at.ask(f"SELECT count(*) FROM {quote(name)}").item()
            found.append((name, int(count), 0))
            continue
        inserted, deleted = frame.row(0)
        if inserted or deleted:
            found.append((name, int(inserted), int(deleted)))
    return found
