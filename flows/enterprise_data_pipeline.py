"""Flow `Enterprise Data Pipeline`: extract -> transform -> load, from a URL into the lake."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "production-etl")


from datetime import UTC, datetime
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from ff_analytics.engine.base.errors import failure_line
from ff_analytics.engine.etl import ExtractConfig, parse_config
from ff_analytics.engine.products.params import with_parameters
from tasks import etl as stage
from tasks.policy import failed
from tasks.shown import names

NAME = "Enterprise Data Pipeline"


async def _token(block: str) -> str | None:
    if not block:
        return None
    from prefect.blocks.system import Secret

    stored: Any = await Secret.aload(block)
    return str(stored.get())


async def _run(config: ExtractConfig) -> State[Any]:
    from ff_analytics.engine.etl.run import close, open_extraction, report

    started = datetime.now(UTC)
    run_id = str(flow_run.id)
    name = f"{NAME}/{deployment.name}" if deployment.id else None
    bar = await stage.begin_progress()
    extraction = open_extraction(config, run_id, token=await _token(config.token_block))
    at = "extract"
    try:
        stage.extract(extraction)
        await stage.progress(bar, 1)
        at = "transform"
        staged = stage.transform(extraction, run_id)
        await stage.progress(bar, 2)
        at = "load"
        counts = stage.load(extraction, staged, run_id, name)
        await stage.progress(bar, 3)
    except Exception as error:
        result = {
            "start_time": started.isoformat(),
            "end_time": datetime.now(UTC).isoformat(),
            "error": failure_line(at, error),
            "target": config.target_table,
        }
        return failed(at, error, result)
    finally:
        close(extraction)
    done = report(extraction, staged, counts, started)
    for warning in done.warnings:
        get_run_logger().warning(warning)
    await stage.publish_report(done)
    return Completed(message=done.line(), data=done.model_dump(mode="json"))


async def _pipeline(**parameters: Any) -> Any:
    logger = get_run_logger()
    logger.info("Pipeline execution started")
    try:
        state = await _run(parse_config(parameters))
    except Exception as error:
        return failed("parameters", error)
    logger.info("Pipeline execution finished")
    return state


with_parameters(_pipeline, ExtractConfig, "Load rows from an HTTP source into one lake table.")
production_etl = Flow(
    _pipeline,
    name=NAME,
    flow_run_name=names.of_flow("production-etl", ExtractConfig),
    persist_result=True,
)
