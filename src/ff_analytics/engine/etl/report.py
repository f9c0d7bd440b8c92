"""What a load reports."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class LoadCounts(BaseModel):
    """Rows of one load. `repeated`: this very delivery was appended before, so nothing was."""

    model_config = ConfigDict(frozen=True)

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    repeated: int = 0
    total: int = Field(0, description="Rows that the table has now.")
    snapshot: int | None = None


class EtlReport(BaseModel):
    """One run: what came, what became of every row, and what changed in the table's columns."""

    model_config = ConfigDict(frozen=True)

    source: str
    target: str
    start_time: datetime
    end_time: datetime
    pages: int = 0
    bytes_fetched: int = 0
    rows_read: int = 0
    rows_rejected: int = 0
    rejected_because: dict[str, int] = Field(default_factory=dict)
    quarantine: str | None = None
    counts: LoadCounts = LoadCounts()
    columns_added: tuple[str, ...] = ()
    columns: tuple[str, ...] = Field((), description="New columns: which type, and why.")
    warnings: tuple[str, ...] = ()

    @property
    def accounted(self) -> int:
        """Rows whose fate is known; equal to `rows_read`."""
        c = self.counts
        loaded = c.new + c.updated + c.unchanged + c.duplicates + c.repeated
        return loaded + self.rows_rejected

    def line(self) -> str:
        """The run in one line."""
        c = self.counts
        words = [f"{c.new:,} new", f"{c.updated:,} updated", f"{c.unchanged:,} unchanged"]
        for count, word in (
            (c.duplicates, "duplicate keys"),
            (c.repeated, "loaded before"),
            (self.rows_rejected, "quarantined"),
        ):
            words += [f"{count:,} {word}"] if count else []
        return f"{self.target}: {self.rows_read:,} rows read: {', '.join(words)}"
