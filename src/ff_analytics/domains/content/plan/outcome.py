"""What became of each row, and of the run."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.engine.base.errors import BrokenInput


class Status(StrEnum):
    """`unknown`: a create was sent and it is not known whether it was carried out."""

    CREATED = "created"
    UPDATED = "updated"
    EXISTS = "exists"
    CHANGED = "changed"
    INVALID = "invalid"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    SKIPPED = "skipped"


# Statuses that `fail_on` checks in a writing run.
BAD = (Status.INVALID, Status.FAILED, Status.UNKNOWN, Status.CONFLICT)
GOOD = (Status.CREATED, Status.UPDATED, Status.EXISTS, Status.CHANGED)


class Outcome(BaseModel):
    """One row: where it is in the plan, what became of it, and why."""

    model_config = ConfigDict(frozen=True)

    status: Status
    client: str
    sheet: str
    row: int
    external_id: str
    summary: str
    key: str | None = None
    url: str | None = None
    jira_status: str | None = None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def outcome_of(
    draft: Draft,
    status: Status,
    *problems: str,
    key: str | None = None,
    url: str | None = None,
    jira_status: str | None = None,
) -> Outcome:
    """The outcome of a draft."""
    return Outcome(
        status=status,
        client=draft.row.text("client") or draft.row.client,
        sheet=draft.row.sheet,
        row=draft.row.number,
        external_id=draft.external_id,
        summary=draft.summary,
        key=key,
        url=url,
        jira_status=jira_status,
        problems=(*draft.problems, *problems),
        warnings=draft.warnings,
    )


def summarise(outcomes: Sequence[Outcome], drafts: int) -> dict[str, int]:
    """Rows per status, and of all. Raises `BrokenInput` if a row has none or two."""
    counts = Counter(outcome.status.value for outcome in outcomes)
    summary = {status.value: counts.get(status.value, 0) for status in Status}
    if sum(summary.values()) != drafts:
        raise BrokenInput(
            f"{drafts} rows were read, but {sum(summary.values())} have an outcome. "
            "This is a bug in the program; read the trace before running again."
        )
    return {"rows": drafts, **summary}


def line(summary: dict[str, int]) -> str:
    """12 rows: 10 created, 2 invalid."""
    parts = [f"{count} {name}" for name, count in summary.items() if count and name != "rows"]
    return f"{summary['rows']} rows: {', '.join(parts) or 'nothing to do'}"


def verdict(outcomes: Sequence[Outcome], fail_on: str) -> str | None:
    """Why the run counts as failed under the policy; None when it does not."""
    bad = [outcome for outcome in outcomes if outcome.status in BAD]
    good = [outcome for outcome in outcomes if outcome.status in GOOD]
    if not bad or fail_on == "none" or (fail_on == "all" and good):
        return None
    first = bad[0]
    why = first.problems[0] if first.problems else first.status.value
    return (
        f"{len(bad)} of {len(outcomes)} rows were not written; first {first.sheet} row "
        f"{first.row} ({first.status.value}): {why}"
    )


def table(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Rows for people, with links."""
    return [
        {
            "row": o.row,
            "status": o.status.value,
            "issue": f"[{o.key}]({o.url})" if o.key else "",
            "in Jira": o.jira_status or "",
            "summary": o.summary,
            "why": "; ".join((*o.problems, *o.warnings)),
        }
        for o in outcomes
    ]
