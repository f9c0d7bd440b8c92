"""Flow `maintenance`: keep lake and run history small."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("run", "maintenance")


from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from tasks.maintenance import maintain_lake, prune_flow_runs, remove_old_files
from tasks.policy import failed, no_lake, skipped
from tasks.shown import names


@flow(name="maintenance", flow_run_name=names.of_flow("nightly"), persist_result=True)
async def nightly(
    dry_run: bool = False,
    snapshot_retention_days: Annotated[int, Field(ge=1)] | None = None,
    run_retention_days: Annotated[int, Field(ge=1)] | None = None,
) -> dict[str, Any] | State[Any]:
    """Merge small lake files, let go of old snapshots, orphans and old flow runs.

    Args:
        dry_run: Only count what would go.
        snapshot_retention_days: Days of lake history that `as_of` can reach. Empty = setting.
        run_retention_days: Days of flow run history on the server. Empty = setting.
    """
    try:
        if missing := no_lake():
            return skipped(missing)
        lake = maintain_lake(True, snapshot_retention_days)
        if not dry_run:
            lake = maintain_lake(False, snapshot_retention_days)
        files = remove_old_files(dry_run)
        runs = await prune_flow_runs(dry_run, run_retention_days)
    except Exception as error:
        return failed("maintenance", error)
    return {"lake": lake, "files_removed": files, "flow_runs_removed": runs, "dry_run": dry_run}
