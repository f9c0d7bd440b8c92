"""Results of dbt by node, and the description of a failure."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.dbt.session import execute
from ff_analytics.engine.lake.attach.catalog import hide

_FAILED = ("error", "fail", "runtime error", "partial success")


class NodeRun(BaseModel):
    """One dbt node (model or test) of a run."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str = Field(description="model or test")
    status: str = Field(description="success, pass, warn, fail, error or skipped")
    seconds: float
    rows_affected: int | None = Field(None, description="Rows a table model wrote; else None.")
    failures: int | None = Field(None, description="Rows that a test found; None for models.")
    message: str = Field("", description="Why it failed, with sample rows of a failed test.")
    compiled: str | None = Field(None, description="File with the SQL that was run.")

    @property
    def failed(self) -> bool:
        return self.status in _FAILED


class DbtRun(BaseModel):
    """What a build did, node by node in the order of their execution."""

    model_config = ConfigDict(frozen=True)

    select: str
    seconds: float
    snapshot: int = Field(description="Newest lake snapshot after the build.")
    nodes: tuple[NodeRun, ...]

    @property
    def warnings(self) -> list[str]:
        return [f"dbt {node.name}: {node.message}" for node in self.nodes if node.status == "warn"]


def _rows_written(node: Any) -> int | None:
    if node.resource_type != "model" or node.config.materialized == "lake_view":
        return None
    # An incremental model wrote the rows of its query; counting a table is cheaper.
    whole = node.config.materialized == "lake_table"
    source = node.relation_name if whole else f"({node.compiled_code})"
    return int(execute(f"SELECT count(*) AS n FROM {source}")[0]["n"])


def _samples(node: Any) -> str:
    # Only an embellishment: it must not hide the failure that it describes.
    with suppress(duckdb.Error):
        rows = execute(f"SELECT * FROM ({node.compiled_code}) LIMIT 3")
        return "; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in rows)
    return "unknown"


def _reason(message: str) -> str:
    """DuckDB's error, without dbt's heading and the excerpt of the SQL."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    lines = [line for line in lines[1:] if not line.startswith(("compiled code", "^"))] or lines
    return " ".join(lines).partition(" LINE ")[0]


def node_run(result: Any, settings: Settings) -> NodeRun:
    """Read one of dbt's results; only while its session is open, because it queries the lake."""
    node, status = result.node, str(result.status)
    message, name = hide(_reason(result.message or ""), settings), str(node.name)
    if node.resource_type == "test":
        if metadata := getattr(node, "test_metadata", None):
            name = f"{metadata.name}({str(node.attached_node).rpartition('.')[2]})"
        message = message if status == "error" else ""
        if status in ("fail", "warn"):
            message = f"{result.failures} rows, e.g. {_samples(node)}"
    return NodeRun(
        name=name,
        kind=str(node.resource_type),
        status=status,
        seconds=round(result.execution_time, 3),
        rows_affected=_rows_written(node) if status == "success" else None,
        failures=result.failures,
        message=message if status not in ("success", "pass", "skipped") else "",
        compiled=getattr(node, "compiled_path", None),
    )


def explain(select: str, nodes: Sequence[NodeRun]) -> str:
    """The first failure in one sentence: node, finding, place of its SQL, other failures."""
    failed = [node for node in nodes if node.failed]
    first = next((node for node in failed if node.kind == "model"), failed[0])
    text = f"dbt {first.kind} {first.name} failed: {first.message}"
    text = text if text.endswith((".", "!")) else text + "."
    if len(failed) > 1:
        text += f" {len(failed) - 1} more nodes failed."
    if skipped := sum(node.status == "skipped" for node in nodes):
        text += f" {skipped} that depend on them were skipped."
    if "does not exist" in first.message:
        text += f" Load its sources first, then build it with all it reads: --select +{first.name}."
    elif "No files found" in first.message:
        text += " The product has published nothing yet: run its deployment first."
    return f"{text} SQL: {first.compiled or f'none, {select} did not compile'}"
