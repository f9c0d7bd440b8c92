"""One run: read the plans, turn rows into issues, create missing ones, report."""

from collections.abc import Sequence
from typing import Any

from ff_analytics.domains.content.issue.draft import Draft, drafts
from ff_analytics.domains.content.issue.fields import check_fields
from ff_analytics.domains.content.jira.issues import write_issues
from ff_analytics.domains.content.plan.outcome import Status, outcome_of, summarise, verdict
from ff_analytics.domains.content.plan.plans import find_plans, read_plans
from ff_analytics.domains.content.plan.state import Run, only_one
from ff_analytics.domains.content.preview import render
from ff_analytics.domains.content.sheet.dates import timestamp
from ff_analytics.domains.content.sheet.sheet import PlanRow
from ff_analytics.domains.content.trace import write_atomic
from ff_analytics.engine.base.errors import FFError, SourceError


async def build(run: Run, rows: Sequence[PlanRow]) -> list[Draft]:
    """Rows as issues, checked against the create screen."""
    rules = run.profile.jira
    run.meta = await run.services.read_fields(rules.project, rules.issue_type)
    check_fields(run.profile, run.meta)
    made = drafts(rows, run.profile, run.meta)
    run.trace.step(
        "issues",
        [{"row": d.row.number, "problems": d.problems, **d.payload(run.run_id)} for d in made],
    )
    return made


async def _steps(run: Run) -> FFError | None:
    with only_one(run):
        plans = await find_plans(run)
        run.drafts = await build(run, await read_plans(run, plans))
        stopped = await write_issues(run)
    run.outcomes.sort(key=lambda o: (o.client, o.sheet, o.row))
    run.trace.step("outcomes", [o.model_dump(mode="json") for o in run.outcomes])
    if run.params.dry_run:
        page = render(
            run.drafts,
            run.outcomes,
            run.profile,
            run.meta,
            run.started,
            run.run_id,
            run.services.assumption,
        )
        write_atomic(run.trace.folder / "preview.html", page)
    return stopped


def _fill(run: Run) -> None:
    """An outcome for the rows that a failed run did not come to."""
    seen = {(outcome.external_id, outcome.row) for outcome in run.outcomes}
    run.outcomes += [
        outcome_of(draft, Status.SKIPPED, "not reached, because the run failed before")
        for draft in run.drafts
        if (draft.external_id, draft.row.number) not in seen
    ]


def _error_of(run: Run) -> FFError | None:
    """The reason why a completed run counts as failed."""
    if run.client_errors:
        client, first = next(iter(run.client_errors.items()))
        return type(first)(f"{len(run.client_errors)} clients were left out; {client}: {first}")
    why = verdict(run.outcomes, run.params.fail_on) if run.params.writes else None
    return SourceError(why) if why else None


async def execute(run: Run) -> tuple[dict[str, Any], Exception | None]:
    """The complete run; always its structured result, and the error if it failed.

    `{start_time, end_time, metadata, data, summary, trace, error}`; `error` is None or
    `{kind, message}`.
    """
    error: Exception | None
    try:
        error = await _steps(run) or _error_of(run)
    except Exception as raised:
        error = raised
    _fill(run)
    data = [outcome.model_dump(mode="json") for outcome in run.outcomes]
    kind = getattr(error, "kind", type(error).__name__)
    result = {
        "start_time": timestamp(run.started),
        "end_time": timestamp(run.clock.now()),
        "metadata": run.trace.metadata(data),
        "data": data,
        "summary": summarise(run.outcomes, len(run.drafts)),
        "trace": str(run.trace.folder),
        "error": {"kind": kind, "message": str(error)} if error else None,
    }
    return result, error
