"""The structured report of an analytics run: stages, outcome, files, what changed."""

import logging
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.errors import one_line
from ff_analytics.engine.products.diff import OutputDiff


class StageName(StrEnum):
    """The stages of an analytics run, in order; `pipeline.py` runs them."""

    INGEST_CHECK = "ingest-check"
    LOAD_MART = "load-mart"
    COMPUTE = "compute"
    WRITE_PARQUET = "write-parquet"
    BUILD_DBT_MARTS = "build-dbt-marts"
    QUALITY_GATE = "quality-gate"


class Outcome(StrEnum):
    """How a stage or a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class StageReport(BaseModel):
    """What one stage did."""

    name: StageName
    seconds: float = 0.0
    rows: int | None = None
    detail: str = ""
    outcome: Outcome = Outcome.RUNNING


class RunReport(BaseModel):
    """The structured result of a run, the same whether it completed or failed."""

    model_config = ConfigDict(frozen=True)

    product: str
    parameters: dict[str, Any]
    run_id: str
    started_at: datetime
    finished_at: datetime
    outcome: Outcome = Field(description="completed or failed")
    snapshot: int | None
    snapshot_date: date
    stages: list[StageReport]
    warnings: list[str]
    notices: list[str] = Field(
        default_factory=list, description="What is new, and as it should be."
    )
    output: str | None = None
    outputs: list[str] = Field(default_factory=list, description="Every file that was published.")
    report: str | None = None
    report_links: list[str] = Field(
        default_factory=list, description="Reports that no later day replaces."
    )
    kind: str = Field("official", description="official, scenario or past")
    scenario: str | None = Field(None, description="What makes it no official run; None if it is.")
    diff: OutputDiff | None = Field(None, description="Against the official day before, if any.")
    error_kind: str | None = None
    error: str | None = None

    @property
    def completed(self) -> bool:
        return self.outcome is Outcome.COMPLETED

    def completed_stage(self, name: StageName) -> bool:
        """True when the run got as far as this stage, and it completed."""
        return any(s.name is name and s.outcome is Outcome.COMPLETED for s in self.stages)

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    def success_line(self) -> str:
        """One line for the state of a completed run."""
        rows = next((s.rows for s in self.stages if s.name is StageName.COMPUTE), None) or 0
        line = f"{rows:,} rows from snapshot {self.snapshot}, dated {self.snapshot_date}"
        line += ", a scenario" if self.scenario else ""
        return line + (f", {len(self.warnings)} warnings" if self.warnings else "")

    def failure_line(self) -> str:
        """One line for state messages and alerts: stage, kind, first line of the error."""
        stage = next((s.name for s in self.stages if s.outcome is Outcome.FAILED), "start")
        return one_line(f"{stage}: {self.error_kind}: {self.error or ''}")


class Heard(logging.Handler):
    """Collects what the library warns about, so that it reaches the run's report."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
