"""One load from its parameters to its report."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.etl.config import ExtractConfig, parse_config
from ff_analytics.engine.etl.fetch import Extraction, extract
from ff_analytics.engine.etl.load import load
from ff_analytics.engine.etl.readers.transform import Staged, count_rows, transform
from ff_analytics.engine.etl.report import EtlReport, LoadCounts
from ff_analytics.engine.http.client import public


def open_extraction(
    config: ExtractConfig,
    run_id: str,
    *,
    token: str | None = None,
    attempts: int = 1,
    settings: Settings | None = None,
) -> Extraction:
    """A working folder for the run. One attempt per request: whoever calls retries."""
    settings = settings or get_settings()
    patient = {"http_timeout": config.timeout_seconds, "http_attempts": attempts}
    return Extraction(
        config=config,
        settings=settings.model_copy(update=patient),
        folder=settings.cache_dir / "etl" / run_id,
        token=token,
    )


def close(extraction: Extraction) -> None:
    """Remove the working folder."""
    shutil.rmtree(extraction.folder, ignore_errors=True)


def report(
    extraction: Extraction, staged: Staged, counts: LoadCounts, started: datetime
) -> EtlReport:
    """The run's report; a row whose fate is not known would show in `accounted`."""
    shape = staged.shape
    gone = sorted(set(shape.stored) - staged.seen) if staged.seen else []
    warnings = [*extraction.progress.notes, *shape.hints]
    warnings += [f"column {name} is stored, and has no value in this delivery" for name in gone]
    if counts.repeated:
        warnings.append("this very delivery was appended before; force appends it again")
    return EtlReport(
        source=public(extraction.config.source_url),
        target=extraction.config.target_table,
        start_time=started,
        end_time=datetime.now(UTC),
        pages=len(extraction.pages),
        bytes_fetched=extraction.traffic.bytes,
        rows_read=staged.read,
        rows_rejected=staged.rejected,
        rejected_because=dict(staged.reasons.most_common(20)),
        quarantine=str(staged.quarantine) if staged.quarantine else None,
        counts=counts,
        columns_added=tuple(name for name in shape.added if name in staged.seen),
        columns=tuple(shape.lines()),
        warnings=tuple(warnings),
    )


def run_etl(
    parameters: Mapping[str, Any],
    *,
    run_id: str | None = None,
    token: str | None = None,
    settings: Settings | None = None,
) -> EtlReport:
    """Extract, transform and load in this process; requests are retried by FF_HTTP_ATTEMPTS."""
    started = datetime.now(UTC)
    config = parse_config(parameters)
    settings = settings or get_settings()
    run_id = run_id or uuid4().hex[:12]
    extraction = open_extraction(
        config, run_id, token=token, attempts=settings.http_attempts, settings=settings
    )
    try:
        extract(extraction, lambda page: count_rows(page, config, extraction.settings))
        staged = transform(extraction, run_id)
        counts = load(extraction, staged, run_id, None)
        return report(extraction, staged, counts, started)
    finally:
        close(extraction)
