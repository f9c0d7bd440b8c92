"""Create issues in batches, so that whatever happens no row gets two."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from ff_analytics.domains.content.issue.draft import Draft
from ff_analytics.domains.content.jira import ledger
from ff_analytics.domains.content.jira.jira import BATCH, Uncertain
from ff_analytics.domains.content.jira.lookup import Found, until_settled
from ff_analytics.domains.content.plan.outcome import Outcome, Status, outcome_of
from ff_analytics.domains.content.plan.profile import Jira as Rules
from ff_analytics.domains.content.plan.services import Clock, Services
from ff_analytics.engine.base.errors import FFError, SourceError
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings


@dataclass
class Creation:
    """One run's creating: its means, and what came of it so far."""

    services: Services
    rules: Rules
    settings: Settings
    clock: Clock
    run_id: str
    pause: Callable[[float, float], float] = random.uniform
    log: Callable[[str], None] = lambda line: None
    outcomes: list[Outcome] = field(default_factory=list)
    # Rows of a create that was sent and not answered for yet.
    open: set[str] = field(default_factory=set)

    def entry(
        self, draft: Draft, state: Literal["intent", "created", "failed"], found: Found | None
    ) -> ledger.Entry:
        return ledger.Entry(
            site=self.services.jira.url,
            project=self.rules.project,
            external_id=draft.external_id,
            state=state,
            issue_id=found.id if found else None,
            issue_key=found.key if found else None,
            content_hash=draft.hash,
            sheet=draft.row.sheet,
            row_number=draft.row.number,
            run_id=self.run_id,
            written_at=self.clock.now(),
        )

    def note(self, entries: Sequence[ledger.Entry]) -> None:
        ledger.write(entries, self.run_id, self.settings)

    def created(self, pairs: Sequence[tuple[Draft, Found]]) -> None:
        """Remember issues that are there."""
        self.note([self.entry(draft, "created", found) for draft, found in pairs])
        for draft, found in pairs:
            url = self.services.jira.browse(found.key)
            self.outcomes.append(outcome_of(draft, Status.CREATED, key=found.key, url=url))

    def failed(self, pairs: Sequence[tuple[Draft, str]]) -> None:
        """Remember rows that Jira refused."""
        self.note([self.entry(draft, "failed", None) for draft, _ in pairs])
        self.outcomes += [outcome_of(draft, Status.FAILED, why) for draft, why in pairs]


def _words(error: Mapping[str, Any]) -> str:
    inside = error.get("elementErrors") or {}
    fields = [f"{name}: {said}" for name, said in (inside.get("errors") or {}).items()]
    said = "; ".join([*map(str, inside.get("errorMessages") or []), *fields])
    return said or f"refused (HTTP {error.get('status')})"


def pair_up(
    batch: Sequence[Draft], answer: Mapping[str, Any]
) -> tuple[list[tuple[Draft, Found]], list[tuple[Draft, str]]] | None:
    """The issue of each row, and the reason of each rejected row.

    `issues` contains only created issues, in order; `errors` the positions of the others. None
    when the two do not add up to the batch: then nothing is assumed.
    """
    errors = {e.get("failedElementNumber"): e for e in answer.get("errors") or []}
    issues = list(answer.get("issues") or [])
    places = [n for n in range(len(batch)) if n not in errors]
    if len(issues) != len(places) or len(errors) + len(places) != len(batch):
        return None
    made = [
        (batch[n], Found(str(issue["id"]), str(issue["key"]), batch[n].hash))
        for n, issue in zip(places, issues, strict=True)
    ]
    return made, [(batch[n], _words(error)) for n, error in errors.items()]


async def _settle(creation: Creation, batch: Sequence[Draft], again: bool) -> None:
    """After a create whose end is not known: look, and create only what is not there."""
    ids = [draft.external_id for draft in batch]
    creation.log(f"looking for {len(ids)} issues that may have been created")
    found = await until_settled(creation.services, creation.rules, ids, creation.clock)
    creation.created([(d, found[d.external_id][0]) for d in batch if d.external_id in found])
    missing = [draft for draft in batch if draft.external_id not in found]
    if missing and again:
        await _send(creation, missing, again=False)
    else:
        why = "Jira did not confirm whether it was created; the next run checks again"
        creation.outcomes += [outcome_of(draft, Status.UNKNOWN, why) for draft in missing]


async def _send(creation: Creation, batch: Sequence[Draft], again: bool = True) -> None:
    creation.note([creation.entry(draft, "intent", None) for draft in batch])
    ids = {draft.external_id for draft in batch}
    creation.open |= ids
    try:
        answer = await creation.services.bulk_create([d.payload(creation.run_id) for d in batch])
    except Uncertain as error:
        creation.log(str(error))
        await _settle(creation, batch, again)
        return
    except FFError as error:
        creation.open -= ids
        if type(error) is not SourceError:
            raise
        if len(batch) == 1:
            creation.failed([(batch[0], str(error))])
            return
        # Rejected as a whole, without naming the row: bisect the batch.
        middle = len(batch) // 2
        await _send(creation, batch[:middle], again)
        await _send(creation, batch[middle:], again)
        return
    fault_point(f"content.after-create-{1 + len(creation.outcomes) // BATCH}")
    paired = pair_up(batch, answer)
    if paired is None:
        await _settle(creation, batch, again)
        return
    creation.created(paired[0])
    creation.failed(paired[1])


def _give_up(creation: Creation, batch: Sequence[Draft], error: FFError) -> None:
    """Outcomes of a batch that failed: rejected, or sent with an unknown result."""
    seen = {outcome.external_id for outcome in creation.outcomes}
    left = [draft for draft in batch if draft.external_id not in seen]
    for draft in left:
        status = Status.UNKNOWN if draft.external_id in creation.open else Status.FAILED
        creation.outcomes.append(outcome_of(draft, status, str(error)))
    refused = [draft for draft in left if draft.external_id not in creation.open]
    # Without this note the next run only looks once more before it creates.
    with suppress(FFError):
        creation.note([creation.entry(draft, "failed", None) for draft in refused])


async def create(creation: Creation, drafts: Sequence[Draft]) -> FFError | None:
    """Create every draft; its outcome is in `creation.outcomes`, in order of the drafts.

    An error that concerns all of them (credentials, Jira down) ends it: the batch is failed, the
    rest skipped, and the error is returned.
    """
    batches = [drafts[start : start + BATCH] for start in range(0, len(drafts), BATCH)]
    stopped: FFError | None = None
    for number, batch in enumerate(batches, 1):
        if number > 1:
            wait = creation.pause(*creation.rules.pause_seconds)
            creation.log(f"waiting {wait:.1f} s before batch {number} of {len(batches)}")
            await creation.clock.sleep(wait)
        try:
            await _send(creation, batch)
        except FFError as error:
            stopped = error
            _give_up(creation, batch, error)
            break
        creation.log(f"batch {number} of {len(batches)}: {len(batch)} rows")
    seen = {outcome.external_id for outcome in creation.outcomes}
    creation.outcomes += [
        outcome_of(draft, Status.SKIPPED, "not sent, because the run was stopped before")
        for draft in drafts
        if draft.external_id not in seen
    ]
    return stopped
