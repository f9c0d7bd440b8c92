"""Why a lake cannot be opened: none yet, missing, damaged, login refused."""

import duckdb

from ff_analytics.engine.base.errors import FFError, LakeDamaged, LakeMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import RESTORE, catalog_file, reason, shown
from ff_analytics.engine.lake.attach.classify import refused


def no_lake(settings: Settings, found: str) -> FFError:
    """The error for a catalog that does not exist: none yet, or lost where parts were `found`.

    Look for the parts first and for the catalog last: a lake that another process creates
    meanwhile gets its catalog before its parts.
    """
    if found:
        return identity.lost(settings, found)
    file = catalog_file(settings)
    return LakeMissing(
        f"No lake {f'at {file}' if file else shown(settings)}. Load data first: "
        "run an ingest deployment, or scripts/quickstart for the sample."
    )


def is_absent(error: duckdb.Error) -> bool:
    """True when DuckLake found no lake in the catalog and was not to create one."""
    return "creating a new DuckLake is explicitly disabled" in str(error)


def unopened(error: duckdb.Error, settings: Settings, snapshot: int | None) -> FFError:
    """The error for a lake that cannot be attached."""
    if known := refused(error, settings):
        return known
    if is_absent(error):
        return no_lake(settings, identity.traces(settings))
    said = reason(error, settings)
    if snapshot is not None:
        return LakeMissing(
            f"The lake {shown(settings)} could not be opened at snapshot {snapshot}: {said}. "
            "Check FF_LAKE_CATALOG and FF_LAKE_DATA."
        )
    todo = "Check FF_LAKE_CATALOG and FF_LAKE_DATA."
    if catalog_file(settings):
        todo = f"Check free space and permissions of its folder. {RESTORE}"
    return LakeDamaged(f"The lake {shown(settings)} could not be opened: {said}. {todo}")
