"""What each row needs: nothing, a create, an update, or a person."""

from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.domains.content.jira import ledger
from ff_analytics.domains.content.jira.create import Creation, create
from ff_analytics.domains.content.jira.lookup import Known, look_up
from ff_analytics.domains.content.plan.outcome import Outcome, Status, outcome_of
from ff_analytics.domains.content.plan.state import Run
from ff_analytics.engine.base.errors import FFError, SourceError


def _changed(draft: Draft, known: Known) -> bool:
    entry = known.entries.get(draft.external_id)
    stored = known.issues[draft.external_id][0].hash or (entry.content_hash if entry else None)
    return stored is not None and stored != draft.hash


async def _update(run: Run, draft: Draft, key: str, url: str) -> Outcome:
    fields = {n: v for n, v in draft.fields.items() if n not in ("project", "issuetype", "labels")}
    try:
        body = {"fields": fields, "properties": [draft.source(run.run_id)]}
        await run.services.update_issue(key, body)
    except SourceError as error:
        return outcome_of(draft, Status.FAILED, str(error), key=key, url=url)
    return outcome_of(draft, Status.UPDATED, key=key, url=url)


async def _known_outcome(run: Run, draft: Draft, known: Known) -> Outcome | None:
    """Outcome of a row that needs no create; None for one that does."""
    if draft.problems:
        return outcome_of(draft, Status.INVALID)
    if draft.external_id in known.deleted:
        return outcome_of(draft, Status.SKIPPED, "its issue was deleted in Jira; not created again")
    issues = known.issues.get(draft.external_id, [])
    if len(issues) > 1:
        keys = ", ".join(issue.key for issue in issues)
        return outcome_of(draft, Status.CONFLICT, f"{keys} carry the label of this row")
    if not issues:
        return None
    key, url, there = issues[0].key, run.services.jira.browse(issues[0].key), issues[0].status
    if not _changed(draft, known):
        return outcome_of(draft, Status.EXISTS, key=key, url=url, jira_status=there)
    if run.params.mode == "create_or_update":
        return await _update(run, draft, key, url)
    why = "the row has changed since"
    return outcome_of(draft, Status.CHANGED, why, key=key, url=url, jira_status=there)


async def write_issues(run: Run) -> FFError | None:
    """Outcomes of all rows; creates missing issues in the writing mode."""
    site, rules = run.services.jira.url, run.profile.jira
    valid = [draft for draft in run.drafts if not draft.problems]
    entries = ledger.read(site, rules.project, [d.external_id for d in valid], run.settings)
    if not run.params.writes:
        # A check does not wait for the search index.
        entries = {i: e for i, e in entries.items() if e.state == "created"}
    known = await look_up(run.services, rules, valid, entries, run.clock)
    missing: list[Draft] = []
    updated: list[ledger.Entry] = []
    for draft in run.drafts:
        outcome = await _known_outcome(run, draft, known)
        if outcome is None:
            missing.append(draft)
        else:
            run.outcomes.append(outcome)
            entry = known.entries.get(draft.external_id)
            if outcome.status == Status.UPDATED and entry:
                updated.append(entry.model_copy(update={"content_hash": draft.hash}))
    ledger.write(updated, run.run_id, run.settings)
    if not run.params.writes:
        would = "valid; would be created"
        run.outcomes += [outcome_of(draft, Status.SKIPPED, would) for draft in missing]
        return None
    creation = Creation(run.services, rules, run.settings, run.clock, run.run_id, log=run.log)
    try:
        return await create(creation, missing)
    finally:
        run.outcomes += creation.outcomes
        seen = {outcome.external_id for outcome in creation.outcomes}
        run.outcomes += [
            outcome_of(draft, Status.UNKNOWN, "the run broke off; the next one looks again")
            for draft in missing
            if draft.external_id in creation.open - seen
        ]
