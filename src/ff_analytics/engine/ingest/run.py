"""One run of a source: fetch, land, upsert, part by part, then one summary or one error."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ff_analytics.engine.base.errors import ContractViolation, FFError, SourceError
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.secret_shapes import refuse_values
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.http.credentials import Stored
from ff_analytics.engine.ingest import cursors
from ff_analytics.engine.ingest.land import Landed, land
from ff_analytics.engine.ingest.load import record_checks, upsert
from ff_analytics.engine.ingest.summary import IngestionSummary, PartResult
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.source import (
    Batch,
    Failure,
    FetchContext,
    ProviderDownError,
    SourceOptions,
)

# Called after each part with its result (None: not modified), parts done, parts expected.
Progress = Callable[[PartResult | None, int, int], None]


def parse_options(
    source_name: str, options: SourceOptions | Mapping[str, Any] | None
) -> SourceOptions:
    """The source's options model from what a person or a deployment gave.

    Raises `ConfigError` naming the option that is wrong.
    """
    model = sources.load(source_name).options
    if isinstance(options, model):
        return options
    given = dict(options or {})
    refuse_values(given, f"ingest/{source_name}")
    return checked(model, given, f"ingest/{source_name}")


def open_run(
    source_name: str,
    *,
    run_id: str | None = None,
    deployment: str | None = None,
    settings: Settings | None = None,
    stored_credentials: Stored | None = None,
) -> FetchContext:
    """The state of one run: settings, what was loaded before, counters."""
    source = sources.load(source_name)
    settings = settings or get_settings()
    loaded = cursors.load(source, settings)
    return FetchContext(
        source=source,
        settings=settings,
        run_id=run_id or uuid4().hex[:12],
        deployment=deployment,
        started_at=datetime.now(UTC),
        cursors=loaded.current,
        outdated=loaded.outdated,
        stored_credentials=stored_credentials,
    )


def fetch_parts(context: FetchContext, options: SourceOptions) -> Iterator[Batch]:
    """Batches as the provider delivers them, one at a time so that memory stays flat.

    Parts that fail are noted in `context.failures`; the others still come. Each cursor gets
    the mark of the contract that it was loaded under.
    """
    context.force = options.force
    try:
        for batch in context.source.fetch(options, context):
            batch.cursor["contract"] = cursors.contract_mark(batch.dataset)
            fault_point("ingest.after-fetch")
            yield batch
    except ProviderDownError:
        return


def failure_of(failures: list[Failure], source: str, loaded: int) -> FFError:
    """One error for all failed parts; transient if any is, so that a retry can help."""
    errors = [failure.error for failure in failures]
    if len(errors) == 1 and not loaded:
        return errors[0]
    worst = next((e for e in errors if e.transient), errors[0])
    # What follows a message's first line are details of this run, such as files.
    said = [(failure.label, *str(failure.error).partition("\n")) for failure in failures]
    each = "; ".join(f"{label}: {line}" for label, line, _, _ in said)
    details = "".join(f"\n{more}" for _, _, _, more in said if more)
    count = f"{len(errors)} of {len(errors) + loaded} parts failed"
    others = ", the others are loaded" if loaded else ""
    return type(worst)(f"{source}: {count}{others}. {each}{details}")


def close_run(context: FetchContext, parts: list[PartResult]) -> IngestionSummary:
    """The run's summary."""
    traffic = context.traffic
    warnings = [*context.warnings, *(note for part in parts for note in part.warnings)]
    return IngestionSummary(
        source=context.source.name,
        run_id=context.run_id,
        deployment=context.deployment,
        started_at=context.started_at,
        finished_at=datetime.now(UTC),
        parts=tuple(parts),
        snapshot=max((part.snapshot for part in parts if part.snapshot), default=None),
        api_calls=traffic.calls,
        retries=traffic.retries,
        throttled_seconds=traffic.throttled_seconds,
        bytes_fetched=traffic.bytes,
        warnings=tuple(dict.fromkeys(warnings)),
        notes=tuple(context.notes),
        tables=context.tables,
    )


def run_ingest(
    source_name: str,
    options: SourceOptions | Mapping[str, Any] | None = None,
    *,
    run_id: str | None = None,
    deployment: str | None = None,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> IngestionSummary:
    """Load a source into the lake; each part commits on its own.

    At-least-once fetch, exactly-once effect: killed anywhere, the next run converges to the
    same tables. Parts that fail leave their rows as they were and do not stop the others;
    then the run raises, naming them (`SourceError`, `SourceUnavailable`, `ContractViolation`).
    """
    chosen = parse_options(source_name, options)
    context = open_run(source_name, run_id=run_id, deployment=deployment, settings=settings)
    parts, unmodified = load_parts(context, chosen, upsert, progress)
    # One commit for all of them: a daily check of 25 unchanged files is one snapshot, not 25.
    parts += record_checks(unmodified, context)
    if context.failures:
        raise failure_of(context.failures, source_name, len(parts))
    return close_run(context, parts)


def load_parts(
    context: FetchContext,
    options: SourceOptions,
    store: Callable[[Landed, FetchContext], PartResult],
    progress: Progress | None = None,
) -> tuple[list[PartResult], list[Batch]]:
    """Fetch, land and `store` each part; results of the new ones, and the unmodified batches.

    Parts that fail are noted in `context.failures`.
    """
    parts: list[PartResult] = []
    unmodified: list[Batch] = []
    for batch in fetch_parts(context, options):
        result = None
        if batch.unchanged:
            unmodified.append(batch)
        else:
            try:
                result = store(land(batch, context), context)
            except (SourceError, ContractViolation) as error:
                context.failures.append(Failure(batch.label, error))
                continue
            parts.append(result)
        if progress:
            progress(result, len(parts) + len(unmodified), context.expected)
    return parts, unmodified
