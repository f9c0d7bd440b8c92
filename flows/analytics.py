"""Flow `analytics`: ingest-check -> load-mart -> compute -> write-parquet -> build-dbt-marts.

One flow, many deployments: the entrypoint `flows.analytics.<product>` gives this flow the
typed parameters of that product, so a new product needs no change here.
"""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run")


from typing import TYPE_CHECKING, Any

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.params import with_parameters
from ff_analytics.engine.products.pipeline import execute
from ff_analytics.engine.products.run import RunReport, start, subject
from tasks.analytics.tasks import TASKS
from tasks.artifacts import publish_summary
from tasks.policy import domain_off, failed, failed_with, own_parameters, skipped
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


def _why_unused(run: "Run") -> str | None:
    from ff_analytics.engine.products.inputs.unused import why_unused

    return why_unused(run)


async def run_product(product: str, parameters: dict[str, Any]) -> State[Any]:
    """Run the stages; whatever happens, leave the structured report.

    A failure ends the flow run Failed (alerts depend on it) with the report as its data.
    """
    name = f"{flow_run.flow_name}/{deployment.name}" if deployment.id else None
    try:
        if off := domain_off(products.domain_of(product)):
            return skipped(off)
        own = await own_parameters(products.load(product).deployment)
        run = start(product, parameters, run_id=flow_run.id, deployment=name, own=own)
        if reason := _why_unused(run):
            return skipped(reason)
    except Exception as error:
        return failed("parameters", error)
    report: RunReport
    try:
        execute(run, TASKS)
        report = run.close()
    except Exception as error:
        report = run.close(error)
    await names.rename_run(run)
    await publish_summary(run, report)
    result = report.model_dump(mode="json")
    if not report.completed:
        return failed_with(report.failure_line(), result)
    return Completed(message=report.success_line(), data=result)


def flow_of(product: str, name: str = "analytics") -> Flow[..., Any]:
    """The flow with the parameters of this product; `name` as it is called in the UI."""
    declared = products.load(product)

    # Async, because a synchronous flow waits a second for its heartbeat thread at exit.
    async def analytics(**parameters: Any) -> Any:
        return await run_product(product, parameters)

    with_parameters(analytics, declared.params, declared.description)
    return Flow(
        analytics,
        name=name,
        flow_run_name=names.of_flow(
            product, declared.params, lambda params: subject(declared, params)
        ),
        persist_result=True,
    )


def __getattr__(name: str) -> Flow[..., Any]:
    """`flows.analytics.valuation` is the flow with the parameters of product `valuation`."""
    product = name.replace("_", "-")
    if product not in products.names():
        raise AttributeError(f"{__name__} has no product {product!r}")
    return flow_of(product)
