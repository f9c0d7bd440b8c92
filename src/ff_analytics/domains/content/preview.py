"""The issues of a run as a page, before anything is created."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ff_analytics.domains.content.issue.adf import plain
from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.domains.content.issue.fields import Meta
from ff_analytics.domains.content.plan.outcome import Outcome, Status
from ff_analytics.domains.content.plan.profile import Profile
from ff_analytics.domains.content.sheet.dates import readable
from ff_analytics.engine.report.fragments import Section, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.page import Stat, page

_STATUS = {Status.SKIPPED: "would be created", Status.INVALID: "not valid"}


class _Names:
    """Display names of the ids that are sent to Jira."""

    def __init__(self, profile: Profile, meta: Mapping[str, Meta]) -> None:
        self.profile, self.meta = profile, meta
        self.people = {account: name for name, account in profile.people.entries.items()}

    def title(self, name: str) -> str:
        return str(self.meta[name]["name"]) if name in self.meta else name

    def value(self, name: str, value: Any) -> str:
        """A field's value as a person reads it."""
        kind = self.meta[name]["schema"]["type"]
        if kind == "date":
            return readable(date.fromisoformat(value))
        if kind == "datetime":
            moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z")
            return readable(moment.astimezone(ZoneInfo(self.profile.timezone)).date())
        parts = value if isinstance(value, list) else [value]
        return ", ".join(self._part(name, part) for part in parts)

    def _part(self, name: str, part: Any) -> str:
        if not isinstance(part, dict):
            return str(part)
        if "accountId" in part:
            account = str(part["accountId"])
            return self.people.get(account, account)
        if part.get("type") == "doc":
            return _text(part)
        if "child" in part:
            return f"{part['value']} > {part['child']['value']}"
        allowed = {str(o["id"]): o for o in self.meta[name].get("allowedValues") or []}
        option = allowed.get(str(part.get("id")), part)
        return str(option.get("value") or option.get("name") or option.get("key") or option["id"])


def _text(value: Any) -> str:
    return "\n\n".join(plain(block).rstrip() for block in value["content"])


def _card(draft: Draft, outcome: Outcome | None, names: _Names) -> dict[str, Any]:
    hidden = ("project", "issuetype", "summary", "description", "labels")
    facts = [
        (names.title(name), names.value(name, value))
        for name, value in draft.fields.items()
        if name not in hidden
    ]
    return {
        "row": draft.row.number,
        "summary": draft.summary,
        "status": _STATUS.get(outcome.status, outcome.status.value) if outcome else "",
        "key": outcome.key if outcome else None,
        "why": [*draft.problems, *draft.warnings],
        "facts": facts,
        "text": _text(draft.fields["description"]) if "description" in draft.fields else "",
        "label": draft.label,
    }


def render(
    drafts: Sequence[Draft],
    outcomes: Sequence[Outcome],
    profile: Profile,
    meta: Mapping[str, Meta],
    started: datetime,
    run_id: str,
    assumption: str = "",
) -> str:
    """One HTML file with a card per row, by client."""
    by_row = {(o.external_id, o.row): o for o in outcomes}
    names = _Names(profile, meta)
    clients = list(dict.fromkeys(d.row.text("client") or d.row.client for d in drafts))
    sections = [
        Section(
            f"client-{number}",
            client or "Plan",
            fragment(
                "content/client.html.j2",
                cards=[
                    _card(d, by_row.get((d.external_id, d.row.number)), names)
                    for d in drafts
                    if (d.row.text("client") or d.row.client) == client
                ],
            ),
        )
        for number, client in enumerate(clients, 1)
    ]
    counts = {status: sum(o.status == status for o in outcomes) for status in Status}
    today = started.astimezone(ZoneInfo(profile.timezone)).date()
    return page(
        ReportMeta(
            title="Content plan",
            product="content-plan-to-jira",
            snapshot_date=today,
            generated_at=started,
            run_id=run_id,
        ),
        headline="Content plan",
        lede=f"What would be created in {profile.jira.project}. Nothing has been written. "
        f"{assumption}".strip(),
        stats=[
            Stat("Rows", str(len(drafts))),
            Stat("Would be created", str(counts[Status.SKIPPED])),
            Stat("Exist", str(counts[Status.EXISTS] + counts[Status.CHANGED])),
            Stat("Not valid", str(counts[Status.INVALID] + counts[Status.CONFLICT])),
        ],
        sections=sections,
        facts=[("Project", profile.jira.project), ("Read", readable(today))],
    )
