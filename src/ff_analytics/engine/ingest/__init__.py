"""Ingestion: fetch from a provider, land against a contract, upsert into the lake.

`run_ingest()` does all of it; the stages are public so that an orchestrator can wrap each.
"""

from ff_analytics.engine.ingest.land import Landed, land
from ff_analytics.engine.ingest.load import preview, record_checks, upsert
from ff_analytics.engine.ingest.run import (
    close_run,
    failure_of,
    fetch_parts,
    load_parts,
    open_run,
    parse_options,
    run_ingest,
)
from ff_analytics.engine.ingest.sample import holds_real_rows
from ff_analytics.engine.ingest.summary import IngestionSummary, PartResult
from ff_analytics.engine.ingest.tables import ensure_all, registered

__all__ = [
    "IngestionSummary",
    "Landed",
    "PartResult",
    "close_run",
    "ensure_all",
    "failure_of",
    "fetch_parts",
    "holds_real_rows",
    "land",
    "load_parts",
    "open_run",
    "parse_options",
    "preview",
    "record_checks",
    "registered",
    "run_ingest",
    "upsert",
]
