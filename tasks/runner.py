"""What runs the tasks that a flow submits: threads, or dask's workers."""

from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import get_settings


def task_runner() -> TaskRunner[Any]:
    """As FF_TASK_RUNNER says; `ConfigError` where dask is asked for and not installed."""
    settings = get_settings()
    if settings.task_runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings.task_workers)
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError:
        raise ConfigError(
            "FF_TASK_RUNNER is dask, which is not installed here: "
            ".venv/bin/pip install 'prefect-dask>=0.3.7', or take the line out."
        ) from None
    # One thread each: a worker's time goes into Python and numpy. No dashboard: it has no login.
    local = {"n_workers": settings.task_workers, "threads_per_worker": 1, "dashboard_address": None}
    where: dict[str, Any] = {"cluster_kwargs": local}
    if settings.dask_scheduler:
        where = {"address": settings.dask_scheduler}
    runner: TaskRunner[Any] = DaskTaskRunner(**where)
    return runner
