"""Work pools: created when missing, otherwise updated; a manual pause stays."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform import manifest
from ff_analytics.platform.declared.changes import Change, compare
from ff_analytics.platform.declared.files import WorkPool

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "work pool"


def in_use(declared: list[WorkPool]) -> list[WorkPool]:
    """Those in which the manifest's deployments run; `ConfigError` for one without a file."""
    known = {pool.name: pool for pool in declared}
    names = sorted({entry.work_pool.name for entry in manifest.load().deployments})
    if missing := [name for name in names if name not in known]:
        raise ConfigError(
            f"There is no deployments/work-pools/{missing[0]}.yaml, and deployments are to run in "
            f"{missing[0]!r}. Set FF_WORK_POOL to one that there is: {', '.join(sorted(known))}."
        )
    return [known[name] for name in names]


def _wanted(pool: WorkPool) -> dict[str, Any]:
    fields = pool.model_dump(exclude={"name", "defaults"})
    return fields | {f"default {key}": value for key, value in pool.defaults.items()}


def _found(pool: Any) -> dict[str, Any]:
    variables = pool.base_job_template.get("variables", {}).get("properties", {})
    defaults = {f"default {key}": field.get("default") for key, field in variables.items()}
    fields = ("type", "description", "concurrency_limit")
    return {name: getattr(pool, name) for name in fields} | defaults


def template_with(template: dict[str, Any], defaults: dict[str, Any], pool: str) -> dict[str, Any]:
    """The base job template with these defaults; `ConfigError` for a variable it lacks."""
    changed = deepcopy(template)
    variables = changed.get("variables", {}).get("properties", {})
    for key, value in defaults.items():
        if key not in variables:
            raise ConfigError(
                f"work-pools/{pool}.yaml: the pool's type has no variable {key!r} "
                f"(it has: {', '.join(sorted(variables))})."
            )
        variables[key]["default"] = value
    return changed


async def _template(pool: WorkPool, present: dict[str, Any]) -> dict[str, Any]:
    from prefect.workers.utilities import get_default_base_job_template_for_infrastructure_type

    template = present or await get_default_base_job_template_for_infrastructure_type(pool.type)
    return template_with(template or {}, pool.defaults, pool.name)


async def plan(
    client: "PrefectClient", pools: list[WorkPool]
) -> tuple[list[Change], list[str], int]:
    """Changes, notes, and the number of pools in sync; pools of others are not changed."""
    from ff_analytics.platform.api.server import pages

    present = {pool.name: pool for pool in await pages(client.read_work_pools)}
    wanted = {pool.name: _wanted(pool) for pool in pools}
    found = {name: _found(present[name]) for name in wanted if name in present}
    changes, equal = compare(KIND, wanted, found)
    paused = [name for name in found if present[name].is_paused]
    return changes, [f"work pool {name} is paused; it stays so" for name in paused], equal


async def create(client: "PrefectClient", pool: WorkPool) -> bool:
    """Create the pool; False when another process was faster."""
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists

    fields = pool.model_dump(exclude={"defaults"})
    template = await _template(pool, {})
    try:
        await client.create_work_pool(WorkPoolCreate(**fields, base_job_template=template))
    except ObjectAlreadyExists:
        return False
    return True


async def apply(client: "PrefectClient", pools: list[WorkPool], changes: list[Change]) -> None:
    """Do the changes of `plan`; `ConfigError` for a type, which cannot be changed in place."""
    from prefect.client.schemas.actions import WorkPoolUpdate

    known = {pool.name: pool for pool in pools}
    for change in changes:
        pool = known[change.name]
        if change.action == "create":
            await create(client, pool)
            continue
        present = await client.read_work_pool(pool.name)
        if present.type != pool.type:
            raise ConfigError(
                f"Work pool {pool.name} is of type {present.type} on the server and {pool.type} "
                "in the repo, and a type cannot change: delete the pool there, then apply again."
            )
        template = await _template(pool, present.base_job_template)
        fields = pool.model_dump(include={"description", "concurrency_limit"})
        await client.update_work_pool(
            pool.name, WorkPoolUpdate(**fields, base_job_template=template)
        )


async def create_missing(pools: list[WorkPool]) -> list[str]:
    """Names of the created pools, before a deploy or the start of a worker."""
    from prefect.exceptions import ObjectNotFound

    from ff_analytics.platform.api.server import connect

    made = []
    async with connect() as client:
        for pool in pools:
            try:
                await client.read_work_pool(pool.name)
            except ObjectNotFound:
                made += [pool.name] if await create(client, pool) else []
    return made
