"""Names of flow runs and task runs: what they work on instead of `fast-meerkat`, `fetch-5dd`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from prefect.context import FlowRunContext, TaskRunContext
from prefect.runtime import flow_run
from pydantic import BaseModel

from ff_analytics.engine.base.forms.fields import naming_values, run_name
from ff_analytics.engine.base.secret_shapes import refuse_values

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

# A mapping of a task's arguments in, the name of its run out.
TaskName = Callable[[dict[str, Any]], str]
Named = Callable[[Any], list[Any]]


def of_flow(first: str, model: type[BaseModel] | None = None, named: Named = naming_values) -> Any:
    """`flow_run_name` of a flow: `first` and what its parameters name.

    Parameters that are wrong, or hold a secret, are left out; the flow itself refuses them.
    """

    def name() -> str:
        values: list[Any] = []
        if model is not None:
            given = dict(flow_run.parameters)
            try:
                refuse_values(given, first)
                values = named(model.model_validate(given))
            except Exception:
                values = []
        return run_name(first, values, datetime.now(UTC).date())

    return name


async def rename_run(run: "Run") -> None:
    """Name the flow run once the latest season is known from the lake."""
    from tasks.artifacts import for_people

    name = run_name(run.product.name, run.subject, run.started_at.date())
    name += "" if run.official else f" ({run.kind})"
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.name == name:
        return
    with for_people("the name of the run"):
        await context.client.set_flow_run_name(context.flow_run.id, name)  # type: ignore[misc]
        context.flow_run.name = name


def of_task(stage: str, about: Callable[[Any], str], argument: str) -> Any:
    """`task_run_name` of a task: its stage, and what `argument` of the call is about."""

    def name(parameters: dict[str, Any]) -> str:
        return f"{stage} {about(parameters[argument])}".strip()

    return name


def of_stage(stage: str) -> Any:
    """`task_run_name` of a stage of an analytics run: `compute my_league 2025`."""
    return of_task(stage, lambda run: " ".join(map(str, run.subject)), "run")


def rename_task(name: str) -> None:
    """Name the active task run; the server gets the name with its next state."""
    context = TaskRunContext.get()
    if context is not None:
        context.task_run.name = name
