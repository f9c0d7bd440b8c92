"""When a task is tried again (after what may pass by itself), and how a failed run ends."""

from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_run_logger
from prefect.runtime import deployment
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff

from ff_analytics.engine.base.errors import FFError, LakeMissing, failure_line, state_name
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.sources.domain import switched_off


def is_transient(task: Any, task_run: TaskRun, state: State[Any]) -> bool:
    """Retry condition: deterministic failures (contract, parameters, dbt) fail at once."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, FFError) and error.transient


# Waits of about 2, 4 and 8 seconds, each stretched by up to half at random, so that
# runs which met the same lock do not meet again.
RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_transient,
}

# Of an ETL task, which makes one request per try: each of them is seen in the timeline.
PER_REQUEST: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": 2,
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_transient,
    "cache_policy": NO_CACHE,
}
# Of a call of Google or Jira, which the HTTP layer has tried at the provider's pace already. What
# is left is an outage: half a minute may end it. Credentials and bad requests fail at once.
OUTAGE: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": 30,
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_transient,
    "cache_policy": NO_CACHE,
}


async def own_parameters(declared: str) -> dict[str, Any] | None:
    """Parameters of the deployment `declared` (`flow/name`), whatever this run was given.

    A run with others is a scenario, whichever deployment it is of. None without a deployment, or
    when the server does not have that one: then those of `prefect.yaml` count.
    """
    if not deployment.id:
        return None
    async with get_client() as client:
        try:
            return (await client.read_deployment_by_name(declared)).parameters
        except ObjectNotFound:
            return None


def failed(stage: str, error: Exception, data: Any = None) -> State[Any]:
    """End of a flow run: Failed, in one short line; the log has unexpected errors in full."""
    if not isinstance(error, FFError):
        get_run_logger().error("%s failed", stage, exc_info=error)
    return failed_with(failure_line(stage, error), data)


def failed_with(line: str, data: Any = None) -> State[Any]:
    """Failed with this message; equal failures get states of the same name."""
    return Failed(name=state_name(line), message=line, data=data)


def skipped(reason: str) -> State[Any]:
    """Completed, named Skipped: there was nothing to do, and no alert is sent."""
    get_run_logger().info("Skipped: %s", reason)
    return Completed(name="Skipped", message=reason, data={"outcome": "skipped", "reason": reason})


def domain_off(domain: str) -> str | None:
    """Why a run of the domain is skipped, when `FF_DOMAINS` leaves it out."""
    if not switched_off(domain, get_settings()):
        return None
    return f"The domain {domain} is switched off: FF_DOMAINS names the others."


def no_lake() -> str | None:
    """Why there is nothing to care for: no lake yet. One that is lost raises."""
    from ff_analytics.engine import lake

    try:
        with lake.connect(settings=get_settings()):
            return None
    except LakeMissing as missing:
        return str(missing)
