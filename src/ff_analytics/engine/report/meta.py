"""Provenance facts of every report."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.products.diff import OutputDiff


class ReportMeta(BaseModel):
    """Facts printed in the head, the method section and the foot of a report.

    Only title, product, snapshot date and creation time are required; a report omits
    missing facts. All strings are escaped, so they may contain any text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    product: str
    snapshot_date: date
    generated_at: datetime
    league: str | None = None
    league_description: str | None = None
    season: int | None = None
    lake_snapshot: int | None = Field(None, description="Lake snapshot id that was read.")
    run_id: str | None = None
    code_version: str | None = None
    baseline: str | None = Field(None, description="Baseline method of the replacement level.")
    basis: str | None = Field(None, description="Where the points come from.")
    scoring: tuple[str, ...] = Field(
        (), description="Scoring rules, one plain phrase each, e.g. yards passed = 0.04."
    )
    slots: tuple[str, ...] = Field((), description="Starting slots, e.g. 2 RB.")
    teams: int | None = Field(None, ge=1)
    budget: float | None = Field(None, ge=0, description="Auction dollars per team.")
    notes: tuple[str, ...] = Field((), description="Remarks for the method section.")
    warnings: tuple[str, ...] = Field((), description="Doubts shown above the first number.")
    diff: OutputDiff | None = Field(None, description="Against the output before; a section.")
    parquet_path: str | None = Field(None, description="File with all rows.")
    reproduce: str | None = Field(None, description="Command that reproduces this report.")
