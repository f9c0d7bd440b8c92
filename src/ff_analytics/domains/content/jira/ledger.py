"""The lake's own memory of which row became which issue, written before and after each create."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.settings import Settings

TABLE = "content.jira_issue_ledger"
KEYS = ("site", "project", "external_id")


class Entry(BaseModel):
    """One row's state. `intent`: a create was begun and nothing is known of its end."""

    model_config = ConfigDict(frozen=True)

    site: str
    project: str
    external_id: str
    state: Literal["intent", "created", "failed"]
    issue_id: str | None = None
    issue_key: str | None = None
    content_hash: str
    sheet: str
    row_number: int
    run_id: str
    written_at: datetime


def read(site: str, project: str, ids: Sequence[str], settings: Settings) -> dict[str, Entry]:
    """Entries by external id."""
    try:
        with lake.connect(settings=settings) as con:
            if not lake.table_exists(con, TABLE):
                return {}
            found = con.execute(
                f"FROM {TABLE} WHERE site = ? AND project = ? AND list_contains(?, external_id)",
                [site, project, list(ids)],
            ).pl()
    except LakeMissing:
        return {}
    entries = (Entry.model_validate(row) for row in found.iter_rows(named=True))
    return {entry.external_id: entry for entry in entries}


def write(entries: Iterable[Entry], run_id: str, settings: Settings) -> None:
    """Replace these entries in one commit."""
    import duckdb
    import polars as pl

    rows = [entry.model_dump() for entry in entries]
    if not rows:
        return
    text = {n: pl.String for n in Entry.model_fields if n not in ("row_number", "written_at")}
    frame = pl.DataFrame(
        rows,
        schema_overrides={**text, "written_at": pl.Datetime("us", "UTC")},
        infer_schema_length=None,
    )

    def work(con: duckdb.DuckDBPyConnection) -> None:
        lake.upsert(con, frame, TABLE, KEYS)

    lake.commit(
        lake.Provenance(
            author="content-plan-to-jira",
            message=f"{len(rows)} rows: {rows[0]['state']}",
            run_id=run_id,
        ),
        work,
        settings=settings,
    )
