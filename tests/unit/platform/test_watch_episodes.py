"""Equal failures counted, their end announced: rules over runs that have ended."""

from datetime import UTC, datetime, timedelta

from ff_analytics.engine.base.errors import state_name
from ff_analytics.platform.declared import files
from ff_analytics.platform.watch import episodes
from ff_analytics.platform.watch.ended import RunEnded

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def run(
    minutes_ago: int, state: str = "FAILED", message: str = "compute: source: 503", name: str = ""
) -> RunEnded:
    identity = f"run-{minutes_ago}"
    return RunEnded(
        id=identity,
        name=identity,
        state_name=name,
        deployment="ingest/nflverse",
        state=state,
        state_id=f"state-{minutes_ago}",
        message=message,
        ended=NOW - timedelta(minutes=minutes_ago),
    )


def alerted(*runs: RunEnded) -> frozenset[str]:
    return frozenset(run.state_id for run in runs)


def test_what_was_held_back_is_counted_when_the_hour_is_over() -> None:
    first = run(90)
    found = episodes.repeats([run(60), first, run(75), run(31)], alerted(first), NOW)
    assert [finding.subject for finding in found] == ["run-90"]
    assert "failed 4 times with the same error from 10:30 to 11:29 UTC" in found[0].message


def test_of_failures_at_one_moment_any_may_be_the_alerted_one() -> None:
    first = run(90)
    moment_before = first.model_copy(
        update={"state_id": "other", "ended": first.ended - timedelta(seconds=5)}
    )
    found = episodes.repeats([moment_before, first], alerted(first), NOW)
    assert "failed 2 times" in found[0].message


def test_before_the_hour_is_over_nothing_is_said() -> None:
    first = run(59)
    assert episodes.repeats([first, run(50)], alerted(first), NOW) == []


def test_another_error_and_an_alerted_one_are_no_repeats() -> None:
    first, alone, other = run(100), run(20), run(80, message="compute: contract: x")
    assert episodes.repeats([first, other, alone], alerted(first, other, alone), NOW) == []


def test_a_failure_that_set_off_no_alert_is_told_late() -> None:
    lost, told, equal = run(30, message="lost"), run(25), run(20)
    found = episodes.unreported([lost, told, equal], alerted(told), NOW)
    assert [finding.subject for finding in found] == [lost.id]
    assert "ended Failed at 11:30 UTC, and its alert was lost: lost" in found[0].message


def test_fresh_old_and_equal_lost_failures_are_not_each_told() -> None:
    """A fresh one may still be told; one of before the last hour is no news any more."""
    found = episodes.unreported([run(1), run(70, message="old"), run(30), run(20)], alerted(), NOW)
    assert [finding.subject for finding in found] == ["run-30"]


def test_equal_failures_are_counted_whatever_number_their_messages_hold() -> None:
    lines = [f"load-mart: lake-missing: no snapshot {number}." for number in (411, 412)]
    first, other = (
        run(ago, message=line, name=state_name(line))
        for ago, line in zip((90, 75), lines, strict=True)
    )
    assert "failed 2 times" in episodes.repeats([first, other], alerted(first), NOW)[0].message


def test_a_failure_after_a_completed_run_is_told_again() -> None:
    """The automations hold it back: an equal one was alerted within the hour."""
    first, done, second, third, later = run(50), run(40, "COMPLETED"), run(30), run(20), run(70)
    runs = [first, second, third]
    assert episodes.again(runs, [done], alerted(first)) == [second]
    assert episodes.again(runs, [], alerted(first)) == []
    assert episodes.again(runs, [done], alerted(first, second)) == []
    assert episodes.again([later, second], [done], alerted(later)) == [second]
    twice = [done, run(25, "COMPLETED")]
    assert episodes.again(runs, twice, alerted(first)) == [second, third]


def test_each_held_back_failure_is_counted_with_the_last_one_that_was_told() -> None:
    first, second, third = run(100), run(90), run(80)
    found = episodes.repeats([first, second, third], alerted(first, second), NOW)
    assert [finding.subject for finding in found] == ["run-90"]


def test_a_recovery_counts_the_failures_before_it() -> None:
    before = [run(20, "CRASHED"), run(30), run(40, "COMPLETED"), run(50)]
    found = episodes.recovery(run(5, "COMPLETED"), before)
    assert found is not None
    assert "completed again after 2 failed runs since 2026-09-01 11:30 UTC" in found.message


def test_a_success_after_a_success_is_not_news() -> None:
    assert episodes.recovery(run(5, "COMPLETED"), [run(9, "COMPLETED"), run(20)]) is None
    assert episodes.recovery(run(5, "COMPLETED"), []) is None
    assert episodes.recovery(run(5), [run(9)]) is None


def test_the_hour_is_that_of_the_automations() -> None:
    for automation in files.load().automations:
        if automation.name.startswith("ff-run-"):
            assert automation.trigger.within == episodes.WINDOW.total_seconds()
