"""What an ingest run reports: one result per part, and the run's totals."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field

from ff_analytics.engine.http.traffic import Cursor


class PartResult(BaseModel):
    """One part of a dataset. `total_rows` are the rows now stored for the part's scope."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    part: str
    table: str
    url: str
    rows_fetched: int = 0
    rows_new: int = 0
    rows_updated: int = 0
    rows_unchanged: int = 0
    rows_rejected: int = 0
    rows_deleted: int = 0
    total_rows: int = 0
    rejected_because: dict[str, int] = Field(default_factory=dict)
    quarantine: str | None = Field(None, description="File that holds the rejected rows.")
    not_modified: bool = Field(False, description="The provider has nothing newer than the lake.")
    cursor_before: Cursor | None = None
    cursor_after: Cursor | None = None
    snapshot: int | None = Field(None, description="Lake snapshot made by this part's commit.")
    schema_changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.rows_new or self.rows_updated or self.rows_deleted)

    def line(self) -> str:
        """Dataset, part and counts, for progress and logs."""
        counts = (
            f"{self.rows_new:,} new, {self.rows_updated:,} updated, "
            f"{self.rows_unchanged:,} unchanged"
        )
        counts += f", {self.rows_deleted:,} deleted" if self.rows_deleted else ""
        counts += f", {self.rows_rejected:,} quarantined" if self.rows_rejected else ""
        return f"{self.dataset} {self.part}".strip() + f": {counts}"


class IngestionSummary(BaseModel):
    """One run of a source over all its parts."""

    model_config = ConfigDict(frozen=True)

    source: str
    tenant: str | None = None
    run_id: str
    deployment: str | None = None
    started_at: datetime
    finished_at: datetime
    parts: tuple[PartResult, ...]
    snapshot: int | None = Field(None, description="Newest lake snapshot that the run made.")
    api_calls: int = 0
    retries: int = 0
    throttled_seconds: float = 0.0
    bytes_fetched: int = 0
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tables: dict[str, list[dict[str, Any]]] = Field(
        default_factory=dict, exclude=True, description="What the source shows beside the parts."
    )

    def total(self, column: str) -> int:
        """Sum of a count (`rows_new`, ...) over the parts."""
        return sum(getattr(part, column) for part in self.parts)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def totals(self) -> dict[str, int]:
        """Rows fetched, new, updated, unchanged, rejected and deleted over all parts."""
        names = ("fetched", "new", "updated", "unchanged", "rejected", "deleted")
        return {name: self.total(f"rows_{name}") for name in names}

    @property
    def changed(self) -> bool:
        return any(part.changed for part in self.parts)

    @property
    def skipped(self) -> bool:
        """True when there was nothing to ask: no part, and a warning that says why."""
        return not self.parts and bool(self.warnings)

    def line(self) -> str:
        """The run in one line."""
        if self.skipped:
            more = f" (and {len(self.warnings) - 1} more)" if len(self.warnings) > 1 else ""
            return f"{self.source}: skipped: {self.warnings[0]}{more}"
        seconds = (self.finished_at - self.started_at).total_seconds()
        counts = ", ".join(f"{count:,} {name}" for name, count in self.totals.items())
        return f"{self.source}: {len(self.parts)} parts in {seconds:.1f} s: {counts}"

    @property
    def schema_changes(self) -> tuple[str, ...]:
        return tuple(
            f"{part.dataset} {part.part}: {change}"
            for part in self.parts
            for change in part.schema_changes
        )

    def rows(self) -> list[dict[str, Any]]:
        """One flat record per part, for a table."""
        shown = {"dataset", "part", "not_modified", "total_rows"}
        shown |= {name for name in PartResult.model_fields if name.startswith("rows_")}
        return [part.model_dump(include=shown) for part in self.parts]
