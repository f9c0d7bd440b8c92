"""Flow `ingest`: fetch -> land -> upsert, part by part; one summary or one list of failures.

One flow, many deployments: the entrypoint `flows.ingest.<source>` gives this flow the typed
options of that source, so a new source needs no change here.
"""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("ingest")


from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from blocks.stored import stored_credentials
from ff_analytics.engine.base.errors import ContractViolation, FFError, NothingToDo, SourceError
from ff_analytics.engine.products.params import with_parameters
from ff_analytics.engine.sources import registry as sources
from tasks import ingest as stage
from tasks.policy import domain_off, failed, skipped
from tasks.shown import names


async def _load(source: str, options: dict[str, Any]) -> tuple[Any, FFError | None]:
    from ff_analytics.engine import ingest
    from ff_analytics.engine.sources.source import Failure

    name = f"{flow_run.flow_name}/{deployment.name}" if deployment.id else None
    chosen = ingest.parse_options(source, options)
    context = ingest.open_run(
        source, run_id=flow_run.id, deployment=name, stored_credentials=stored_credentials
    )
    bar = await stage.begin_progress(source)
    parts = ingest.fetch_parts(context, chosen)
    results, unmodified = [], []
    while (batch := stage.fetch(parts)) is not None:
        if batch.unchanged:
            unmodified.append(batch)
        else:
            try:
                results.append(stage.upsert(stage.land(batch, context), context))
            except (SourceError, ContractViolation) as error:
                context.failures.append(Failure(batch.label, error))
        await stage.progress(bar, len(results) + len(unmodified), context.expected)
    if unmodified:
        results += stage.record_checks(unmodified, context)
    summary = ingest.close_run(context, results)
    stage.publish_summary(summary)
    if not context.failures:
        return summary, None
    return summary, ingest.failure_of(context.failures, source, len(results))


async def run_source(source: str, options: dict[str, Any]) -> State[Any]:
    """Load the source; parts that fail do not stop the others but end the run Failed."""
    try:
        if off := domain_off(sources.domain_of(source)):
            return skipped(off)
        summary, error = await _load(source, options)
    except NothingToDo as idle:
        return skipped(str(idle))
    except Exception as refused:
        return failed(source, refused)
    result: dict[str, Any] = summary.model_dump(mode="json")
    if error:
        return failed(source, error, result)
    return Completed(
        name="Skipped" if summary.skipped else None, message=summary.line(), data=result
    )


def _flow_of(source: str) -> Flow[..., Any]:
    declared = sources.load(source)

    # Async, because a synchronous flow waits a second for its heartbeat thread at exit.
    async def ingest(**options: Any) -> Any:
        return await run_source(source, options)

    with_parameters(ingest, declared.options, declared.description)
    return Flow(
        ingest,
        name="ingest",
        flow_run_name=names.of_flow(source, declared.options),
        persist_result=True,
    )


def __getattr__(name: str) -> Flow[..., Any]:
    """`flows.ingest.nflverse` is the flow with the options of source `nflverse`."""
    source = name.replace("_", "-")
    if source not in sources.names():
        raise AttributeError(f"{__name__} has no source {source!r}")
    return _flow_of(source)
