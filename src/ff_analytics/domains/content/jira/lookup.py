"""Which rows have an issue already: by label in Jira, and by the ledger where search lags."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.domains.content.jira import ledger
from ff_analytics.domains.content.jira.jira import BATCH, PROPERTY
from ff_analytics.domains.content.plan.profile import Jira as Rules
from ff_analytics.domains.content.plan.services import Clock, Services

# Growing waits; the last one repeats until the search must have caught up.
WAITS = (2.0, 5.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True)
class Found:
    """An issue that carries a row's label."""

    id: str
    key: str
    hash: str | None
    status: str | None = None


@dataclass
class Known:
    """Known issues of the rows before anything is created."""

    issues: dict[str, list[Found]] = field(default_factory=dict)
    entries: dict[str, ledger.Entry] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


def waits(total: float) -> Iterator[float]:
    """Growing waits whose sum is at least `total`."""
    passed = 0.0
    number = 0
    while passed < total:
        wait = WAITS[min(number, len(WAITS) - 1)]
        yield wait
        passed += wait
        number += 1


def _found(issue: Mapping[str, Any]) -> Found:
    source = (issue.get("properties") or {}).get(PROPERTY) or {}
    status = ((issue.get("fields") or {}).get("status") or {}).get("name")
    return Found(str(issue["id"]), str(issue["key"]), source.get("hash"), status)


async def by_label(
    services: Services, project: str, ids: Sequence[str], reconcile: Mapping[str, int]
) -> dict[str, list[Found]]:
    """Issues by external id. `reconcile` are issue ids that the search must have seen."""
    issues: dict[str, dict[str, Found]] = {}
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        labels = ", ".join(f'"cp-{identity}"' for identity in some)
        fresh = [reconcile[identity] for identity in some if identity in reconcile]
        jql = f'project = "{project}" AND labels in ({labels})'
        for issue in await services.search_issues(jql, fresh):
            for name in issue.get("fields", {}).get("labels", []):
                if name.startswith("cp-") and name[3:] in some:
                    issues.setdefault(name[3:], {})[str(issue["id"])] = _found(issue)
    return {identity: list(found.values()) for identity, found in issues.items()}


async def until_settled(
    services: Services,
    rules: Rules,
    ids: Sequence[str],
    clock: Clock,
    since: datetime | None = None,
) -> dict[str, list[Found]]:
    """Search for issues that may just have been created, until the search has caught up."""
    passed = (clock.now() - since).total_seconds() if since else 0.0
    found = await by_label(services, rules.project, ids, {}) if since else {}
    for wait in waits(rules.search_lag_seconds - passed):
        missing = [identity for identity in ids if identity not in found]
        if not missing:
            break
        await clock.sleep(wait)
        found |= await by_label(services, rules.project, missing, {})
    return found


async def look_up(
    services: Services,
    rules: Rules,
    drafts: Sequence[Draft],
    entries: Mapping[str, ledger.Entry],
    clock: Clock,
) -> Known:
    """Everything that Jira and the ledger know of these rows."""
    ids = list(dict.fromkeys(draft.external_id for draft in drafts))
    made = {i: e for i, e in entries.items() if e.state == "created" and e.issue_id}
    numbers = {i: int(str(e.issue_id)) for i, e in made.items() if str(e.issue_id).isdecimal()}
    known = Known(await by_label(services, rules.project, ids, numbers), dict(entries))
    for identity, entry in made.items():
        if identity not in known.issues and identity in ids:
            # The label may have been taken off by hand, or the index may lag behind the ledger.
            if await services.issue_exists(str(entry.issue_id)):
                here = Found(str(entry.issue_id), str(entry.issue_key), entry.content_hash)
                known.issues[identity] = [here]
            else:
                known.deleted.add(identity)
    open_ = {i: e for i, e in entries.items() if e.state == "intent" and i not in known.issues}
    if open_ and (pending := [identity for identity in ids if identity in open_]):
        begun = max(open_[identity].written_at for identity in pending)
        known.issues |= await until_settled(services, rules, pending, clock, since=begun)
    return known
