"""Failures as episodes: equal ones counted into one message, and their end announced once.

The automations hold equal failures of a deployment back for an hour (`within` in
deployments/automations/ff-run-failed.yaml); this module reports their number. A failure after the
deployment has completed is new, although the automations hold it back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from prefect.client.orchestration import PrefectClient

from ff_analytics.platform.watch.ended import FAILED, RunEnded, alerted_since, alerts_since, ended
from ff_analytics.platform.watch.findings import Finding

# Reported once and never open: there is nothing to wait for.
KINDS = frozenset({"repeated", "recovered", "unreported", "failed-again"})
WINDOW = timedelta(hours=1)
# How far back an end still counts as news, e.g. after the watch was off for a while.
NEWS = timedelta(hours=1)
# Of failures at one moment the server does not alert the first for certain.
_TOGETHER = timedelta(minutes=1)
_MOST = 20
# Time that the server may need to send an alert.
_PATIENCE = timedelta(minutes=5)
# An alert of an equal failure has been noted by then, if the server sent one.
_SETTLED = timedelta(minutes=1)


def repeats(runs: Iterable[RunEnded], alerted: frozenset[str], now: datetime) -> list[Finding]:
    """Per alerted failure whose hour is over: how many equal ones were held back after it."""
    failed = sorted((run for run in runs if run.state in FAILED), key=lambda run: run.ended)
    found = []
    for first in failed:
        if first.state_id not in alerted or now < first.ended + WINDOW:
            continue
        equal = [r for r in failed if r.failure == first.failure and r.state_id in alerted]
        held_back = [
            run
            for run in failed
            if run.failure == first.failure
            and first.ended - _TOGETHER < run.ended <= first.ended + WINDOW
            and run.state_id not in alerted
            and not any(first.ended < other.ended <= run.ended for other in equal)
        ]
        ends = sorted(run.ended for run in (first, *held_back))
        if held_back:
            found.append(
                Finding(
                    kind="repeated",
                    subject=first.id,
                    message=f"{first.deployment} failed {len(held_back) + 1} times with the same "
                    f"error from {ends[0]:%H:%M} to {ends[-1]:%H:%M} UTC: "
                    f"{first.message}",
                    what_to_do="The first of them was reported when it happened.",
                )
            )
    return found


def unreported(runs: Iterable[RunEnded], alerted: frozenset[str], now: datetime) -> list[Finding]:
    """Failures of the last hour of which neither they nor an equal one set off an alert.

    Their event was lost between the server's parts, as when Redis loses what it had stored.
    """
    failed = sorted((run for run in runs if run.state in FAILED), key=lambda run: run.ended)
    told = [run for run in failed if run.state_id in alerted]
    found = []
    for run in failed:
        held_back = any(
            run.failure == first.failure
            and run.ended - WINDOW <= first.ended < run.ended + _TOGETHER
            for first in told
        )
        if not held_back and now - NEWS <= run.ended <= now - _PATIENCE:
            told.append(run)
            found.append(
                Finding(
                    kind="unreported",
                    subject=run.id,
                    message=f"{run.deployment} ({run.name}) ended {run.state.title()} at "
                    f"{run.ended:%H:%M} UTC, and its alert was lost: {run.message}",
                    what_to_do="Follow the message. Check whether Redis or a disk was lost.",
                )
            )
    return found


def again(
    runs: Iterable[RunEnded], completed: Sequence[RunEnded], alerted: frozenset[str]
) -> list[RunEnded]:
    """Failures that the automations held back although the deployment had completed meanwhile."""
    failed = sorted((run for run in runs if run.state in FAILED), key=lambda run: run.ended)
    told = [run for run in failed if run.state_id in alerted]
    found = []
    for run in failed:
        equal = [
            first.ended
            for first in told
            if first.failure == run.failure and run.ended - WINDOW <= first.ended < run.ended
        ]
        if run.state_id in alerted or not equal:
            continue
        if any(
            done.deployment == run.deployment and max(equal) < done.ended < run.ended
            for done in completed
        ):
            told.append(run)
            found.append(run)
    return found


def _failed_again(run: RunEnded) -> Finding:
    return Finding(
        kind="failed-again",
        subject=run.id,
        message=f"{run.deployment} ({run.name}) ended {run.state.title()} at "
        f"{run.ended:%H:%M} UTC, after it had completed, as before: {run.message}",
        what_to_do="See the alert of the first of these failures.",
    )


def recovery(run: RunEnded, before: Sequence[RunEnded]) -> Finding | None:
    """A completed run right after failed ones; `before` are its predecessors, newest first."""
    failures: list[RunEnded] = []
    for previous in before:
        if previous.state not in FAILED:
            break
        failures.append(previous)
    if run.state != "COMPLETED" or not failures:
        return None
    times = "1 failed run" if len(failures) == 1 else f"{len(failures)} failed runs"
    since = f"{failures[-1].ended:%Y-%m-%d %H:%M} UTC"
    return Finding(
        kind="recovered",
        subject=run.id,
        message=f"{run.deployment} ({run.name}) completed again after {times} since {since}.",
        what_to_do="",
    )


async def look(client: PrefectClient, names: dict[str, str], now: datetime) -> list[Finding]:
    """Repeats whose hour has just ended, and recoveries of the last hour."""
    since = now - 2 * WINDOW - NEWS
    failed = await ended(client, FAILED, names, end_time={"after_": since.isoformat()})
    found = []
    ids = {name: identity for identity, name in names.items()}
    on_since = await alerts_since(client) if failed else None
    if on_since:
        alerted = await alerted_since(client, since)
        completed = await ended(
            client,
            ["COMPLETED"],
            names,
            end_time={"after_": since.isoformat()},
            deployment_id={"any_": sorted({ids.get(r.deployment, r.deployment) for r in failed})},
        )
        held_back = again(failed, completed, alerted)
        alerted |= {run.state_id for run in held_back}
        heard = [run for run in failed if run.ended > on_since]
        found = [*repeats(failed, alerted, now), *unreported(heard, alerted, now)]
        fresh = (run for run in held_back if now - NEWS <= run.ended <= now - _SETTLED)
        found += [_failed_again(run) for run in fresh]
    recent = {"after_": (now - NEWS).isoformat()}
    for run in await ended(client, ["COMPLETED"], names, end_time=recent):
        before = {"before_": run.ended.isoformat()}
        previous = await ended(
            client,
            ["COMPLETED", *FAILED],
            names,
            limit=_MOST,
            end_time=before,
            deployment_id={"any_": [ids.get(run.deployment, run.deployment)]},
        )
        earlier = [other for other in previous if other.id != run.id]
        if finding := recovery(run, earlier):
            found.append(finding)
    return found
