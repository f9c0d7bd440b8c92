"""Whether a content profile is right: names, accounts and fields (`ff content check`)."""

import asyncio
from collections.abc import Iterator, Sequence

from ff_analytics.domains.content.access import clients
from ff_analytics.domains.content.issue.fields import check_fields
from ff_analytics.domains.content.jira.jira import Jira
from ff_analytics.domains.content.params import ContentParams
from ff_analytics.domains.content.plan.plans import find_plans, read_plans
from ff_analytics.domains.content.plan.profile import Lookup, Profile
from ff_analytics.domains.content.plan.services import Services
from ff_analytics.domains.content.plan.state import Run, open_run
from ff_analytics.domains.content.sheet.sheet import PlanRow
from ff_analytics.domains.content.sheet.text import normal
from ff_analytics.engine.base.settings import Settings


def _unknown(lookup: Lookup, name: str, kind: str, where: str) -> Iterator[str]:
    if lookup.get(name) is None:
        near = lookup.closest(name)
        hint = f"; did you mean {near!r}?" if near else ""
        yield f"{where}: {name!r} is not in {kind}{hint}"


def check_profile(profile: Profile) -> list[str]:
    """What is wrong inside the profile itself."""
    said: list[str] = []
    for kind, by_client in (("editors", profile.editors), ("associates", profile.associates)):
        for client, person in by_client.items():
            said += _unknown(profile.people, person, "people", f"{kind}.{client}")
            if profile.components.entries:
                said += _unknown(profile.components, client, "components", f"{kind}.{client}")
    return said


def check_accounts(profile: Profile, jira: Jira) -> list[str]:
    """People whose account is unknown to Jira, or inactive."""
    said = []
    for name, account in profile.people.entries.items():
        user = jira.user(account)
        if user is None:
            said.append(f"people.{name}: Jira knows no account {account}")
        elif not user.get("active", True):
            said.append(f"people.{name}: the account {account} is not active")
    return said


def check_rows(profile: Profile, rows: Sequence[PlanRow]) -> tuple[list[str], list[str]]:
    """Names of the plans that no mapping has, and entries that no plan uses."""
    wrong = [
        f"{row.place}, {why}" for row in rows for why in row.errors(profile.read_columns).values()
    ]
    used: dict[str, set[str]] = {"people": set(), "components": set()}
    defaults = {*profile.editors.values(), *profile.associates.values()}
    used["people"] |= {normal(name) for name in defaults}
    for rule in profile.fields.values():
        if rule.lookup is None or rule.column is None:
            continue
        for row in rows:
            if rule.column in row.errors((rule.column,)):
                continue
            name = row.text(rule.column) or (row.client if rule.column == "client" else "")
            if name:
                used[rule.lookup].add(normal(name))
                lookup = profile.lookup(rule.lookup)
                wrong += _unknown(lookup, name, rule.lookup, f"{row.place}, {rule.column}")
    unused = [
        f"{kind}.{name} is used by no row"
        for kind, seen in used.items()
        for name in profile.lookup(kind).entries
        if normal(name) not in seen
    ]
    return list(dict.fromkeys(wrong)), unused


async def _read(run: Run) -> list[PlanRow]:
    return await read_plans(run, await find_plans(run))


def check_online(name: str, profile: Profile, settings: Settings) -> tuple[list[str], list[str]]:
    """What Google and Jira find wrong, and entries that no plan uses."""
    params = ContentParams(profile=name)
    google, jira = clients(params)
    check_fields(profile, jira.fields(profile.jira.project, profile.jira.issue_type))
    run = open_run(params, Services(google, jira), settings, "check")
    rows = asyncio.run(_read(run))
    wrong, unused = check_rows(profile, rows)
    wrong += [f"{client}: {error}" for client, error in run.client_errors.items()]
    return [*check_accounts(profile, jira), *wrong], unused
