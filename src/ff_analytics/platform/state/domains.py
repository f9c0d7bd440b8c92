"""Deployments of domains that `FF_DOMAINS` leaves out are paused, and resumed with their domain."""

from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.sources.domain import domains, switched_off
from ff_analytics.platform.declared.changes import Change
from ff_analytics.platform.state import deployed

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "domain"
# A Prefect variable with the deployments that this module paused: a pause by hand stays.
VARIABLE = "ff_paused_with_their_domain"


def _off(tags: list[str]) -> str | None:
    """The domain among the tags that is switched off."""
    settings = get_settings()
    off = (d.name for d in domains() if d.name in tags and switched_off(d.name, settings))
    return next(off, None)


async def _paused_by_us(client: "PrefectClient") -> list[str]:
    variable = await client.read_variable_by_name(VARIABLE)
    known = variable.value if variable else None
    return [str(name) for name in known] if isinstance(known, list) else []


def todo(present: dict[str, Any], ours: list[str]) -> list[Change]:
    """What to pause and to resume among the server's deployments; `ours` were paused here."""
    changes = []
    for name, deployment in sorted(present.items()):
        domain = _off(list(deployment.tags))
        if domain and not deployment.paused:
            detail = f"paused: the domain {domain} is switched off (FF_DOMAINS)"
        elif not domain and deployment.paused and name in ours:
            detail = "resumed: its domain is switched on again"
        else:
            continue
        changes.append(Change(kind=KIND, name=name, action="update", details=(detail,)))
    return changes


async def plan(client: "PrefectClient") -> tuple[list[Change], list[str], int]:
    """Deployments to pause or to resume, no notes, and no count."""
    return todo(await deployed.on_server(client), await _paused_by_us(client)), [], 0


async def bring_in_step(client: "PrefectClient") -> list[str]:
    """Pause and resume; a line for each."""
    from prefect.client.schemas.actions import VariableCreate, VariableUpdate

    present, before = await deployed.on_server(client), await _paused_by_us(client)
    changes, ours = todo(present, before), set(before)
    for change in changes:
        deployment = present[change.name]
        if deployment.paused:
            await client.resume_deployment(deployment.id)
            ours.discard(change.name)
        else:
            await client.pause_deployment(deployment.id)
            ours.add(change.name)
    if changes and before:
        await client.update_variable(VariableUpdate(name=VARIABLE, value=sorted(ours)))
    elif changes:
        await _create(client, VariableCreate(name=VARIABLE, value=sorted(ours)))
    return [f"{change.name} was {change.details[0]}" for change in changes]


async def _create(client: "PrefectClient", variable: Any) -> None:
    from prefect.client.schemas.actions import VariableUpdate
    from prefect.exceptions import ObjectAlreadyExists

    try:
        await client.create_variable(variable)
    except ObjectAlreadyExists:
        await client.update_variable(VariableUpdate(name=variable.name, value=variable.value))


def any_off() -> bool:
    """Whether a domain is switched off at all."""
    return any(switched_off(domain.name, get_settings()) for domain in domains())


async def switch() -> list[str]:
    """Pause and resume on the server of Prefect's settings; a line for each."""
    from ff_analytics.platform.api.server import connect

    async with connect() as client:
        return await bring_in_step(client) if any_off() or await _paused_by_us(client) else []
