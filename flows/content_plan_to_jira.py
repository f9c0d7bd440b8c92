"""Flow `content-plan-to-jira`: Google Sheets -> rows -> Jira issues, each row once."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "content-plan")


from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

from ff_analytics.domains.content.params import ContentParams, parse_params
from ff_analytics.engine.products.params import with_parameters
from tasks.content import open_services, publish
from tasks.policy import domain_off, failed, skipped
from tasks.shown import names


async def _run(params: ContentParams) -> State[Any]:
    from ff_analytics.domains.content.plan.outcome import line
    from ff_analytics.domains.content.plan.state import open_run
    from ff_analytics.domains.content.run import execute
    from ff_analytics.engine.base.settings import get_settings

    logger = get_run_logger()
    services = open_services(params)
    run = open_run(params, services, get_settings(), str(flow_run.id))
    run.log = logger.info
    result, error = await execute(run)
    page = run.trace.folder / "preview.html"
    await publish(run.outcomes, page.as_uri() if page.exists() else None)
    logger.info("%s (%s): %s", params.profile, params.mode, line(result["summary"]))
    if error:
        return failed(params.mode, error, result)
    return Completed(message=line(result["summary"]), data=result)


async def _content_plan(**parameters: Any) -> Any:
    try:
        if off := domain_off("content"):
            return skipped(off)
        return await _run(parse_params(parameters))
    except Exception as error:
        return failed("parameters", error)


with_parameters(_content_plan, ContentParams, "Create Jira issues from a content plan.")
content_plan = Flow(
    _content_plan,
    name="content-plan-to-jira",
    flow_run_name=names.of_flow("content-plan", ContentParams, lambda p: [p.profile, p.mode]),
    persist_result=True,
)
