"""Each row becomes one issue, whatever happens between the two."""

from pathlib import Path
from typing import Any

import pytest

from ff_analytics.domains.content.plan.state import only_one, open_run
from tests.integration.content.conftest import Content, plan


def test_a_second_run_creates_nothing(content: Content) -> None:
    assert content.counts() == {"created": 3}
    assert content.counts() == {"exists": 3}
    assert (len(content.jira.issues), content.jira.posts) == (3, [3])


def test_rows_go_in_batches_of_45_with_a_pause_between(content: Content) -> None:
    content.rows[:] = plan(100)
    assert content.counts() == {"created": 100}
    assert content.jira.posts == [45, 45, 10]
    assert len(content.clock.slept) == 2
    assert all(5 <= wait <= 10 for wait in content.clock.slept)


def test_a_crash_after_the_second_of_four_batches_creates_only_the_rest(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    content.rows[:] = plan(170)
    content.jira.lag = 60
    # Jira has made the second batch, and the run dies before it can note so.
    monkeypatch.setenv("FF_FAULT", "content.after-create-2=enospc")
    first = content.run()
    assert first["error"]["kind"] == "OSError"
    assert (first["summary"]["created"], first["summary"]["unknown"]) == (45, 45)
    monkeypatch.delenv("FF_FAULT")
    assert content.counts() == {"exists": 90, "created": 80}
    assert len(content.jira.issues) == 170


@pytest.mark.parametrize("lag", [0, 60])
def test_an_answer_that_never_came_makes_no_duplicate(content: Content, lag: float) -> None:
    content.jira.lag = lag
    content.jira.faults.on("/issue/bulk", cut_at=0)
    assert content.counts() == {"created": 3}
    assert (len(content.jira.issues), content.jira.posts) == (3, [3])
    assert sum(content.clock.slept) >= lag


def test_a_request_that_was_lost_is_sent_again_after_looking(content: Content) -> None:
    content.jira.faults.status("/issue/bulk", 502)
    assert content.counts() == {"created": 3}
    assert (len(content.jira.issues), content.jira.posts) == (3, [3, 3])
    assert sum(content.clock.slept) >= 120


def test_what_stays_unknown_is_settled_by_the_next_run(content: Content) -> None:
    content.jira.faults.status("/issue/bulk", 504, times=2)
    assert content.counts() == {"unknown": 3}
    assert content.error is not None
    assert content.counts() == {"created": 3}
    assert len(content.jira.issues) == 3


def test_a_search_that_fails_after_a_lost_answer_forgets_nothing(content: Content) -> None:
    content.jira.lag = 60
    content.jira.faults.on("/issue/bulk", cut_at=0)
    content.jira.faults.status("/search/jql", 500, times=9, skip=1)
    assert content.counts() == {"unknown": 3}
    content.jira.faults.heal()
    assert content.counts() == {"exists": 3}
    assert len(content.jira.issues) == 3


def test_busy_is_waited_for_and_sent_again(content: Content) -> None:
    content.jira.faults.status("/search/jql", 429, times=2, headers={"Retry-After": "1"})
    content.jira.faults.status("/issue/bulk", 429, times=2, headers={"Retry-After": "0"})
    assert content.counts() == {"created": 3}
    assert (len(content.jira.issues), content.jira.posts) == (3, [3, 3, 3])


def test_inserted_moved_and_edited_rows_keep_their_issue(content: Content) -> None:
    content.run()
    rows = content.rows
    rows.insert(3, ["K99", "Topik baru", "2026-12-20", "Story", "", "Raka Wibisana"])
    rows[4], rows[6] = rows[6], rows[4]
    rows[5][1] = "Topik 2, disunting"
    assert content.counts() == {"exists": 2, "changed": 1, "created": 1}
    assert content.counts(update=True) == {"exists": 3, "updated": 1}
    assert content.counts() == {"exists": 4}
    assert content.jira.issues["CP-2"]["fields"]["summary"] == "Topik 2, disunting"


def test_without_an_id_column_client_title_and_day_name_the_row(content: Content) -> None:
    content.rows[:] = [row[1:] if len(row) > 1 else row for row in plan(3)]
    assert content.counts() == {"created": 3}
    content.rows.insert(3, ["Topik 0", 46368, "Reel", "", "Raka Wibisana"])
    assert content.counts() == {"exists": 3, "created": 1}


def test_two_issues_with_one_label_are_a_conflict(content: Content) -> None:
    content.run()
    content.jira.issues["CP-9"] = {**content.jira.issues["CP-1"], "id": "10009", "key": "CP-9"}
    assert content.counts() == {"exists": 2, "conflict": 1}
    assert "CP-1, CP-9" in str(content.error)


def test_a_deleted_issue_is_not_made_again(content: Content) -> None:
    content.run()
    del content.jira.issues["CP-2"]
    assert content.counts() == {"exists": 2, "skipped": 1}


def test_a_label_that_was_taken_off_makes_no_duplicate(content: Content) -> None:
    content.run()
    content.jira.issues["CP-2"]["fields"]["labels"] = []
    assert content.counts() == {"exists": 3}


def test_a_lost_ledger_is_no_reason_to_create(content: Content, tmp_path: Path) -> None:
    content.run()
    (content.settings.lake_dir).rename(tmp_path / "lost")
    assert content.counts() == {"exists": 3}


def test_only_one_run_writes_into_a_project(content: Content) -> None:
    from ff_analytics.domains.content.access import clients
    from ff_analytics.domains.content.params import parse_params
    from ff_analytics.domains.content.plan.services import Services

    params = parse_params({"profile": "test", "validate_only": False})
    services: Any = Services(*clients(params))
    with only_one(open_run(params, services, content.settings, "first", content.clock)):
        result = content.run()
    assert result["error"]["kind"] == "already-running"
    assert content.jira.posts == []


def test_the_wait_is_what_prevents_the_duplicates(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The two tests of a lagging search, with the guard taken out: they would fail.
    content.configure(jira={"search_lag_seconds": 0})
    content.jira.lag = 60
    content.jira.faults.on("/issue/bulk", cut_at=0)
    content.run()
    assert len(content.jira.issues) == 6
    content.rows[:] = [*content.rows[:3], ["K50", *content.rows[3][1:]]]
    monkeypatch.setenv("FF_FAULT", "content.after-create-1=enospc")
    content.run()
    monkeypatch.delenv("FF_FAULT")
    content.run()
    assert len(content.jira.issues) == 8
