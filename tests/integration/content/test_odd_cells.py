"""Cells of a sheet that are no plain text: errors, checkboxes, dates and numbers."""

from datetime import date
from typing import Any

import pytest

from tests.integration.content.conftest import HEADER, Content

ERRORS = (
    *("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#ERROR!", "#NULL!", "#NUM!"),
    "Loading...",
)


def _problems(result: dict[str, Any]) -> dict[int, list[str]]:
    return {o["row"]: o["problems"] for o in result["data"] if o["status"] == "invalid"}


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("column", range(len(HEADER)))
def test_a_spreadsheet_error_creates_no_issue_and_names_its_cell(
    content: Content, error: str, column: int
) -> None:
    content.rows[4][column] = error
    result = content.run(validate_only=True)
    (problem,) = _problems(result)[5]
    assert f"cell {'ABCDEF'[column]}5 contains the spreadsheet error {error}" in problem
    assert result["summary"]["skipped"] == 2


def test_rows_with_an_error_in_their_id_are_no_doubles_and_the_others_are_created(
    content: Content,
) -> None:
    content.rows[3][0] = content.rows[4][0] = "#REF!"
    result = content.run()
    assert [len(some) for some in _problems(result).values()] == [1, 1]
    assert result["summary"]["created"] == 1
    assert [i["fields"]["summary"] for i in content.jira.issues.values()] == ["Topik 3"]


def test_an_error_in_a_column_that_is_not_read_does_not_matter(content: Content) -> None:
    content.rows[2].append("Sisa hari")
    content.rows[3].append("#N/A")
    assert content.counts() == {"created": 3}


def test_a_client_whose_folder_is_an_error_is_named(content: Content) -> None:
    content.configure(source={"clients_spreadsheet": "clients"})
    content.google.sheets["clients"] = {"Clients": [["Klien", "Folder"], ["Kopi Senja", "#N/A"]]}
    content.run()
    assert "cell B2 contains the spreadsheet error #N/A" in str(content.error)


def test_a_row_with_only_an_unticked_checkbox_is_blank(content: Content) -> None:
    content.rows[2] += ["Selesai", "Label"]
    content.rows[3] += [True]
    blank = [*[""] * 6, False, False]
    content.rows.extend([list(blank), list(blank)])
    assert content.counts() == {"created": 3}
    assert content.error is None


def test_a_ticked_checkbox_or_one_in_a_column_that_is_read_is_content(content: Content) -> None:
    content.rows[2].append("Selesai")
    content.rows.extend([[*[""] * 6, True], [*[""] * 4, False]])
    assert content.counts() == {"created": 3, "invalid": 2}


@pytest.mark.parametrize("locale", ["%d/%m/%Y", "%m/%d/%Y"])
def test_the_locale_of_the_sheet_does_not_swap_day_and_month(content: Content, locale: str) -> None:
    content.google.date_format = locale
    content.rows[3][2] = date(2026, 12, 3)
    assert content.counts() == {"created": 3}
    assert content.jira.issues["CP-1"]["fields"]["duedate"] == "2026-12-02"


@pytest.mark.parametrize("known", [True, False])
def test_a_text_date_with_two_readings_is_refused_unless_the_profile_decides(
    content: Content, known: bool
) -> None:
    content.configure(day_first=True if known else None)
    content.rows[3][2] = "03/04/2027"
    result = content.run()
    said = [] if known else ["publish_date: '03/04/2027' can be 3 April 2027 or 4 Maret 2027"]
    found = [p.partition(": set")[0] for some in _problems(result).values() for p in some]
    assert list(dict.fromkeys(found)) == said


def test_a_row_without_id_is_not_sent_when_its_day_has_two_readings(content: Content) -> None:
    names = ("duedate", "customfield_10015", "customfield_10040")
    brief = {name: {"value": "2027-01-12"} for name in names}
    content.configure(day_first=None, fields=brief)
    content.rows[3][0], content.rows[3][2] = "", "03/04/2027"
    assert [len(some) for some in _problems(content.run()).values()] == [1]


def test_numbers_arrive_as_numbers_and_ids_keep_their_form(content: Content) -> None:
    content.configure(
        columns={"other": ["Anggaran"]}, fields={"customfield_10050": {"column": "other"}}
    )
    content.rows[2].append("Anggaran")
    for row, budget in zip(content.rows[3:], (1250000, 0.125, "0.125"), strict=True):
        row.append(budget)
    content.rows[3][0] = 7
    assert content.counts() == {"created": 3}
    written = [i["fields"]["customfield_10050"] for i in content.jira.issues.values()]
    assert written == [1250000.0, 0.125, 0.125]
    content.rows[3][0] = "7"
    assert content.counts() == {"exists": 3}


def test_a_date_in_a_text_column_is_not_written_as_a_number(content: Content) -> None:
    content.rows[3][1] = date(2026, 12, 3)
    (problem,) = _problems(content.run())[4]
    assert problem.startswith("topic: 46359 can be this number or the date 3 Desember 2026")
