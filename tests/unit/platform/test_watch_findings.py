"""Rules of the watch: what is said, when, and what is left in peace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ff_analytics.platform.watch import findings
from ff_analytics.platform.watch.findings import Limits, RunSeen, ScheduleSeen, Silence

NOW = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)
LIMITS = Limits()


def run(state: str, minutes: float, **more: Any) -> RunSeen:
    since = NOW - timedelta(minutes=minutes)
    facts: dict[str, Any] = {
        "id": "r1",
        "name": "bold-crow",
        "deployment": "analytics/valuation",
        "state": state,
        "state_name": state.title(),
        "since": since,
        "expected": since,
        **more,
    }
    return RunSeen(**facts)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (run("RUNNING", 30, heartbeat=NOW - timedelta(seconds=20)), None),
        (run("RUNNING", 30, heartbeat=NOW - timedelta(seconds=120)), "zombie"),
        (run("RUNNING", 1), None),
        (run("RUNNING", 2.5), "zombie"),
        (run("RUNNING", 0.1, process_alive=False), "zombie"),
        # The server may have been away, and not its heartbeats.
        (run("RUNNING", 30, process_alive=True), None),
        (run("PENDING", 0.1, process_alive=False), "zombie"),
        (run("RUNNING", 200, heartbeat=NOW), "stuck-running"),
        (run("PENDING", 3), None),
        (run("PENDING", 6), "stuck-pending"),
        # Started on a machine that went away before the run could say so; nothing begun yet.
        (run("PENDING", 6, begun=True), "zombie"),
        (run("PENDING", 6, begun=True, process_alive=True), "stuck-pending"),
        (run("PENDING", 31), "zombie"),
        (run("SCHEDULED", 2), None),
        (run("SCHEDULED", 7, state_name="Late"), "late"),
        (run("SCHEDULED", 90, state_name="Late"), "never-started"),
        (run("SCHEDULED", 90, state_name="AwaitingRetry"), None),
    ],
)
def test_findings_depend_on_the_state_of_the_run(seen: RunSeen, kind: str | None) -> None:
    found = findings.of_runs([seen], NOW, LIMITS)
    assert [f.kind for f in found] == ([kind] if kind else [])
    assert all("analytics/valuation" in f.message and f.what_to_do for f in found)


def test_zombies_of_one_cause_end_in_equal_states() -> None:
    """Alerts hold equal messages of a deployment back."""
    silent = [run("RUNNING", 30, name="bold-crow"), run("RUNNING", 60, name="sly-otter")]
    ends = {finding.state_message for finding in findings.of_runs(silent, NOW, LIMITS)}
    assert ends == {"watch: zombie: Running, but no sign of life."}


def test_a_backlog_is_one_thing_to_say() -> None:
    waiting = [run("SCHEDULED", ago, state_name="Late") for ago in (7, 12, 9)]
    found = findings.of_runs(waiting, NOW, LIMITS)
    assert [finding.key for finding in found] == ["late|analytics/valuation"]
    assert "and 2 more runs of it wait: 12 minutes overdue" in found[0].message


def test_after_a_gap_everybody_gets_their_time_anew() -> None:
    """The machine slept: neither heartbeats nor workers could be heard, and runs not start."""
    awake = Limits(listening=NOW - timedelta(seconds=30))
    seen = [run("RUNNING", 100), run("SCHEDULED", 500, state_name="Late")]
    assert findings.of_runs(seen, NOW, awake) == []
    assert findings.worker_offline(Silence("local", timedelta(hours=8)), NOW, awake) is None
    later = NOW + timedelta(minutes=6)
    kinds = [finding.kind for finding in findings.of_runs(seen, later, awake)]
    assert kinds == ["zombie", "never-started"]


def daily(*starts: datetime, since: datetime = NOW - timedelta(days=9)) -> ScheduleSeen:
    return ScheduleSeen(
        deployment="analytics/valuation",
        cron="0 9 * * *",
        timezone="America/New_York",
        active_since=since,
        expected_starts=starts,
    )


# Nine in New York is 13:00 UTC in October.
TICK = NOW.replace(hour=13)


def test_a_schedule_without_its_run_is_silent() -> None:
    yesterday = TICK - timedelta(days=1)
    assert findings.of_schedules([daily(yesterday)], NOW, LIMITS)[0].kind == "schedule-silent"
    assert findings.of_schedules([daily(yesterday, TICK)], NOW, LIMITS) == []


def test_a_tick_before_the_schedule_was_made_is_not_missed() -> None:
    assert findings.of_schedules([daily(since=TICK + timedelta(minutes=5))], NOW, LIMITS) == []


def test_a_tick_of_just_now_is_given_time() -> None:
    soon = TICK + timedelta(minutes=10)
    assert findings.of_schedules([daily(TICK - timedelta(days=1))], soon, LIMITS) == []


def test_the_clock_change_moves_the_tick_with_the_league() -> None:
    winter = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    after_the_change = daily(winter.replace(hour=14))
    assert findings.of_schedules([after_the_change], winter, LIMITS) == []


def test_a_pool_without_a_living_worker_is_told() -> None:
    gone = findings.worker_offline(Silence("local-process-pool", timedelta(minutes=5)), NOW, LIMITS)
    assert gone
    assert "prefect worker start --pool local-process-pool" in gone.what_to_do
    assert findings.worker_offline(Silence("p", timedelta(seconds=30)), NOW, LIMITS) is None
