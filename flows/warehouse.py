"""Flow `warehouse`: rebuild and test every mart from the raw tables."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "warehouse")


from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run

from tasks.policy import failed, no_lake, skipped
from tasks.shown import names
from tasks.warehouse import build_warehouse


@flow(name="warehouse", flow_run_name=names.of_flow("refresh"), persist_result=True)
async def refresh(
    select: str = "staging core marts", full_refresh: bool = False
) -> dict[str, Any] | State[Any]:
    """Rebuild staging, core and marts with all their tests, whether or not an input changed.

    Args:
        select: dbt selection, e.g. "core.dim_player+". The analytics marts belong to their runs.
        full_refresh: Drop and rebuild incremental models.
    """
    holder = f"{flow_run.flow_name}/{deployment.name or 'local'}"
    try:
        if missing := no_lake():
            return skipped(missing)
        return build_warehouse(select, full_refresh, holder)
    except Exception as error:
        return failed("build-warehouse", error)
