"""Undo a model whose tests failed: dbt commits a model before it tests it."""

from collections.abc import Sequence
from typing import Any

import duckdb

from ff_analytics.engine.dbt.session import execute, literal
from ff_analytics.engine.lake import Provenance
from ff_analytics.engine.lake.attach.catalog import ALIAS


def _as_it_was(relation: str, snapshot: int) -> str:
    version = f"{relation} AT (VERSION => {snapshot})"
    try:
        execute(f"SELECT 1 FROM {version} LIMIT 1")
    except duckdb.CatalogException:
        return f"DROP TABLE IF EXISTS {relation}"
    return f"CREATE OR REPLACE TABLE {relation} AS FROM {version}"


def _before(provenance: str) -> int | None:
    (row,) = execute(
        f"SELECT min(snapshot_id) - 1 AS id FROM ducklake_snapshots('{ALIAS}') "
        f"WHERE commit_extra_info = {literal(provenance)}"
    )
    return None if row["id"] is None else int(row["id"])


def restore(results: Sequence[Any], provenance: Provenance) -> list[str]:
    """Bring tables with a failed test back to what they were before this build; their names.

    Else bad rows would stay in a mart that keeps history and fail every later build.
    """
    broken = {
        getattr(result.node, "attached_node", None)
        for result in results
        if result.node.resource_type == "test" and str(result.status) in ("fail", "error")
    }
    tables = [
        result.node
        for result in results
        if result.node.unique_id in broken and result.node.config.materialized != "lake_view"
    ]
    told = provenance.model_dump_json()
    before = _before(told) if tables else None
    if before is None:
        return []
    for node in tables:
        undo = _as_it_was(node.relation_name, before)
        note = literal(f"restored {node.schema}.{node.name} after a failed test")
        who = f"{literal(provenance.author)}, {note}, extra_info => {literal(told)}"
        execute(f"BEGIN; {undo}; CALL {ALIAS}.set_commit_message({who}); COMMIT")
    return [node.name for node in tables]
