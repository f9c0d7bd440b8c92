"""Flow `leagues`: a product for several leagues in one run, computed side by side.

Checks, reads and writes happen here, league after league; only the product's own function goes
to the task runner (FF_TASK_RUNNER), so the result does not depend on who is ready first. The
entrypoint `flows.leagues.<product>` works for every product with a parameter `league`.
"""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "leagues/valuation")


from typing import TYPE_CHECKING, Any

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from ff_analytics.domains.fantasy.league import many_leagues
from ff_analytics.engine.products import pipeline
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.params import with_parameters
from tasks.analytics.compute import collect, submit
from tasks.analytics.tasks import TASKS
from tasks.artifacts import publish_summary
from tasks.policy import domain_off, failed, failed_with, own_parameters, skipped
from tasks.runner import task_runner
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


def why_unused(run: "Run") -> str | None:
    """Why there is nothing to run on; the import waits until it is asked."""
    from ff_analytics.engine.products.inputs import unused

    return unused.why_unused(run)


async def _run(product: str, parameters: dict[str, Any]) -> State[Any]:
    """A league that fails does not stop the others, but ends the run Failed."""
    name = f"{flow_run.flow_name}/{deployment.name}" if deployment.id else None
    try:
        if off := domain_off(products.domain_of(product)):
            return skipped(off)
        own = await own_parameters(products.load(product).deployment)
        runs = many_leagues.open_runs(
            product, parameters, run_id=flow_run.id, deployment=name, own=own
        )
        # All of them read the same tables.
        if runs and (reason := why_unused(runs[0])):
            return skipped(reason)
    except Exception as error:
        return failed("parameters", error)
    begun: list[tuple[Run, Any]] = []
    for run in runs:
        try:
            begun.append((run, submit(run, pipeline.read(run, TASKS))))
        except Exception as error:
            begun.append((run, error))
    reports = []
    for run, future in begun:
        try:
            if isinstance(future, Exception):
                raise future
            pipeline.publish(run, collect(run, future), TASKS)
            reports.append(run.close())
        except Exception as error:
            reports.append(run.close(error))
        await publish_summary(run, reports[-1])
    completed, line = many_leagues.outcome(reports)
    data = {str(r.parameters["league"]): r.model_dump(mode="json") for r in reports}
    return Completed(message=line, data=data) if completed else failed_with(line, data)


def __getattr__(name: str) -> Flow[..., Any]:
    """`flows.leagues.valuation` is the flow with the parameters of product `valuation`."""
    product = name.replace("_", "-")
    if product not in products.names():
        raise AttributeError(f"{__name__} has no product {product!r}")
    declared = products.load(product)

    # Async, because a synchronous flow waits a second for its heartbeat thread at exit.
    async def leagues(**parameters: Any) -> Any:
        return await _run(product, parameters)

    own = many_leagues.parameters_of(declared)
    with_parameters(leagues, own, declared.description)
    return Flow(
        leagues,
        name="leagues",
        flow_run_name=names.of_flow(
            product, own, lambda p: [p.leagues or "all leagues", getattr(p, "season", None)]
        ),
        persist_result=True,
        task_runner=task_runner(),
    )
