"""Flow `workspace-check`: the smallest run that proves server, pool and worker work together."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "workspace-check")


from prefect import flow, task
from prefect.logging import get_run_logger


@task(name="hello", task_run_name="hello {name}")
def hello_task(name: str) -> str:
    """One log line, so that logs can be seen to arrive."""
    message = f"Hello from Prefect, {name}"
    get_run_logger().info(message)
    return message


@flow(name="workspace-check", flow_run_name="hello {name}")
async def hello(name: str = "ff-analytics") -> str:
    """Say hello. Needs neither lake nor data.

    Args:
        name: Who is greeted in the log.
    """
    return hello_task(name)
