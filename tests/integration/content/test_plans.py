"""What people see: outcomes per row, problems in words, traces, a preview, no secret anywhere."""

import json
import os
from pathlib import Path

import pytest

from ff_analytics.cli.main import main
from tests.integration.content.conftest import HEADER, Content, plan


def test_a_check_writes_nothing_and_is_no_failure(content: Content) -> None:
    content.rows[4][5] = "Raka Wibisono"
    result = content.run(validate_only=True)
    assert (result["summary"]["skipped"], result["summary"]["invalid"]) == (2, 1)
    assert (content.error, content.jira.posts) == (None, [])
    problem = next(o for o in result["data"] if o["status"] == "invalid")
    assert (problem["row"], problem["sheet"]) == (5, "Sheet1")
    assert (
        "'Raka Wibisono' is not in people; did you mean 'Raka Wibisana'?" in problem["problems"][0]
    )


def test_an_issue_carries_what_the_row_says(content: Content) -> None:
    content.run()
    issue = content.jira.issues["CP-1"]
    fields = issue["fields"]
    assert fields["summary"] == "Topik 1"
    assert (fields["duedate"], fields["customfield_10015"]) == ("2026-12-11", "2026-12-05")
    assert fields["customfield_10040"] == "2026-12-11T17:00:00.000+0000"
    assert fields["components"] == [{"id": "10101"}]
    assert fields["customfield_10043"] == {"accountId": "acc-sekar"}
    assert [block["type"] for block in fields["description"]["content"]] == [
        "paragraph",
        "bulletList",
    ]
    assert issue["properties"]["contentplan.source"]["row"] == 4


def test_a_row_that_jira_refuses_does_not_stop_the_others(content: Content) -> None:
    people = {"Raka Wibisana": "acc-raka", "Sekar Puspita": "acc-sekar", "Tio": "acc-gone"}
    content.configure(people={"entries": people})
    content.rows[:] = plan(46)
    content.rows[40][5] = "Tio"
    result = content.run()
    assert (result["summary"]["created"], result["summary"]["failed"]) == (45, 1)
    refused = next(o for o in result["data"] if o["status"] == "failed")
    assert refused["row"] == 41
    assert refused["problems"] == ["assignee: User does not exist or is not active."]
    keys = {o["row"]: o["key"] for o in result["data"]}
    assert (keys[40], keys[42]) == ("CP-37", "CP-38")


def test_all_refused_is_no_crash(content: Content) -> None:
    content.configure(
        people={"entries": {"Raka Wibisana": "acc-gone", "Sekar Puspita": "acc-gone"}}
    )
    assert content.counts() == {"failed": 3}


@pytest.mark.parametrize(("policy", "fails"), [("any", True), ("all", False), ("none", False)])
def test_the_policy_says_what_a_failure_is(content: Content, policy: str, fails: bool) -> None:
    content.rows[4][1] = ""
    assert content.counts(fail_on=policy) == {"created": 2, "invalid": 1}
    assert (content.error is not None) is fails


def test_two_rows_with_one_id_are_told(content: Content) -> None:
    content.rows[5][0] = "k1"
    result = content.run()
    assert "same key as row 4" in next(o for o in result["data"] if o["row"] == 6)["problems"][0]


def test_clients_are_found_in_drive_and_one_without_plan_is_left_out(content: Content) -> None:
    content.configure(source={"clients_spreadsheet": "clients"})
    content.google.sheets["clients"] = {
        "Clients": [
            ["Klien", "Folder ID"],
            ["Kopi Senja", "f1"],
            ["Batik Lestari", "f2"],
            ["Toko Angin", "f3"],
        ]
    }
    name = "Content Plan - Kopi Senja - Desember 2026"
    content.google.folders["f1"] = [
        {"id": "x", "name": name + " (old)"},
        {"id": "plan-1", "name": name},
    ]
    content.google.folders["f2"] = [
        {"id": "plan-2", "name": "content plan - batik lestari - desember 2026"}
    ]
    content.google.sheets["plan-2"] = {"Sheet1": plan(2)}
    assert content.counts(clients=["kopi", "2"]) == {"created": 5}
    assert content.error is None
    content.run()
    assert "Toko Angin: one file called" in str(content.error)
    content.run(clients=["Nobody"])
    assert "none of the clients Kopi Senja" in str(content.error)


def test_the_page_shows_every_issue_and_escapes_it(content: Content) -> None:
    content.rows[3][1] = "<script>alert(1)</script>"
    result = content.run(dry_run=True)
    page = (Path(result["trace"]) / "preview.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert page.count('<article class="card') == 3
    assert content.jira.posts == []


def test_every_step_leaves_its_trace(content: Content) -> None:
    result = content.run()
    steps = sorted(Path(result["trace"]).glob("step*.json"))
    assert [step.stem for step in steps] == [
        "step1_plans",
        "step2_rows",
        "step3_issues",
        "step4_outcomes",
    ]
    last = json.loads(steps[-1].read_text())
    assert last["metadata"]["record_count"] == 3
    assert last["metadata"]["format_standards"]["encoding"] == "UTF-8"
    assert [o["status"] for o in last["data"]] == ["created"] * 3


def test_no_secret_is_left_anywhere(content: Content, capsys: pytest.CaptureFixture[str]) -> None:
    content.jira.login = "someone-else"
    result = content.run()
    left = [json.dumps(result), str(content.error), *capsys.readouterr()]
    left += [f.read_text(errors="replace") for f in content.settings.data.rglob("*") if f.is_file()]
    assert [text for text in left if "s3cret" in text] == []


def test_a_refused_token_ends_after_one_call(content: Content) -> None:
    content.jira.login = "someone-else"
    result = content.run()
    assert result["error"]["kind"] == "authentication"
    assert len(content.jira.faults.journal) == 1
    content.google.refresh_token = None
    assert "expired or revoked" in str(content.run()["error"]["message"])
    assert len(content.google.faults.asked("/token")) == 2


def test_a_token_that_expires_is_renewed_once(content: Content) -> None:
    content.google.faults.status("/values", 401)
    assert content.counts() == {"created": 3}
    assert content.google.tokens == 2


def test_a_refusal_in_the_midst_skips_the_rest(content: Content) -> None:
    content.rows[:] = plan(100)
    content.jira.faults.status("/issue/bulk", 401, {"errorMessages": ["no"]}, skip=1)
    assert content.counts() == {"created": 45, "failed": 45, "skipped": 10}
    assert content.counts() == {"exists": 45, "created": 55}


def test_a_batch_refused_as_a_whole_is_halved(content: Content) -> None:
    content.jira.faults.status("/issue/bulk", 400, {"errorMessages": ["Bad body"], "errors": {}})
    assert content.counts() == {"created": 3}
    assert content.jira.posts == [3, 1, 2]


WRONG = [
    ({"fields": {"customfield_10041": {"column": "topic"}}}, "Did you mean customfield_100"),
    ({"fields": {"customfield_10050": {"column": "brief"}}}, "brief: .* is no number"),
    ({"jira": {"issue_type": "1"}}, "no project CP with issue type 1"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_a_profile_that_does_not_fit_jira_is_named(
    content: Content, change: dict[str, object], words: str
) -> None:
    import re

    content.configure(**change)
    result = content.run()
    assert re.search(words, json.dumps(result["data"]) + str(content.error))
    assert content.jira.posts == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "the sheet is empty"),
        ([["Rencana"], ["a", "b"]], "no header row with topic"),
        ([[*HEADER, "Title"], ["K1"]], "columns B and G both mean topic"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_named(
    content: Content, values: list[list[str]], words: str
) -> None:
    content.google.sheets["plan-1"]["Sheet1"] = values
    assert words in content.run()["error"]["message"]


def test_a_sheet_that_is_not_there_names_those_that_are(content: Content) -> None:
    content.google.sheets["plan-1"] = {"Desember": []}
    assert "has no sheet 'Sheet1'. It has: Desember" in content.run()["error"]["message"]


def test_a_plan_in_a_file_needs_no_google_account_and_creates_each_row_once(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GOOGLE_")]:
        monkeypatch.delenv(name)
    content.settings.data.mkdir(parents=True, exist_ok=True)
    january = content.settings.data / "january.csv"
    january.write_text(
        "ID,Title,Publish date,Brief,PIC\nK1,Kopi,2026-12-12,Satu,Raka Wibisana\n"
        "K2,Susu,2026-12-13,Dua,Raka Wibisana\n"
    )
    content.configure(source={"file": str(january), "client": "Kopi Senja"})
    assert content.counts() == {"created": 2}
    copy = january.rename(content.settings.data / "copy of january.csv")
    assert content.counts(file=str(copy)) == {"exists": 2}


def test_the_status_of_each_issue_stands_beside_its_row(
    content: Content, capsys: pytest.CaptureFixture[str]
) -> None:
    content.run()
    content.jira.issues["CP-1"]["fields"]["status"] = {"name": "Done"}
    content.rows[4][1] = "Another title"
    content.rows.append(["K4", "New", "12 Desember 2026", "reel", "", "Raka Wibisana"])
    posts = list(content.jira.posts)
    assert main(["content", "status", "test", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["status"], r["issue"], r["in_jira"]) for r in rows] == [
        ("exists", "CP-1", "Done"),
        ("changed", "CP-2", "To Do"),
        ("exists", "CP-3", "To Do"),
        ("would be created", None, None),
    ]
    assert content.jira.posts == posts, "a status writes nothing"
