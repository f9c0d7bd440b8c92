"""Content profiles: what a typing error leads to."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ff_analytics.domains.content.check import check_profile, check_rows
from ff_analytics.domains.content.issue.draft import drafts
from ff_analytics.domains.content.issue.fields import encode
from ff_analytics.domains.content.jira.create import pair_up
from ff_analytics.domains.content.jira.lookup import waits
from ff_analytics.domains.content.plan.profile import Lookup, Profile, read_profile
from ff_analytics.domains.content.sheet.sheet import PlanRow, read_rows
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from tests.fakes.jira import screen

EXAMPLE = PROJECT_ROOT / "content" / "example.yaml"
META = {field["fieldId"]: field for field in screen()}


def row(number: int = 2, **cells: Any) -> PlanRow:
    given = {"id": f"K{number}", "topic": "Topik", "publish_date": "2027-01-12"} | cells
    return PlanRow("sheet-1", "Sheet1", number, given, "Kopi Senja")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fields": {"summary": {"column": "topik"}}}, "no column 'topik'; did you mean 'topic'"),
        ({"fields": {"summary": {"column": "topic", "value": "x"}}}, "either a column or a value"),
        ({"fields": {}}, "needs a summary"),
        ({"poeple": {}}, "poeple"),
        ({"people": {"unknown": "default"}}, "needs a default"),
        ({"people": {"entries": {"Raka": "1", " raka ": "2"}}}, "are the same name"),
        ({"timezone": "Jakarta"}, "no timezone"),
        ({"source": {}}, "one of spreadsheet, file and clients_spreadsheet"),
        ({"jira": {"project": "cp", "issue_type": "1"}}, "jira.project"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(EXAMPLE.read_text()) | change))
    with pytest.raises(ConfigError, match=words):
        read_profile(file)


def test_the_check_lists_unknown_names_with_the_closest_and_unused_ones() -> None:
    profile = read_profile(EXAMPLE)
    wrong, unused = check_rows(
        profile, [row(associate="Raka Wibisono"), row(3, client="KOPI senja")]
    )
    assert wrong == [
        "Sheet1 row 2, associate: 'Raka Wibisono' is not in people; did you mean 'Raka Wibisana'?"
    ]
    assert unused == ["components.Batik Lestari is used by no row"]
    spoilt = profile.model_copy(update={"editors": {"Kopi Senja": "Nobody"}})
    assert check_profile(spoilt) == ["editors.Kopi Senja: 'Nobody' is not in people"]


@pytest.mark.parametrize(
    ("unknown", "fields", "problems", "warnings"),
    [("error", None, 1, 0), ("warn", None, 0, 1), ("default", {"accountId": "d"}, 0, 1)],
)
def test_what_an_unknown_name_means(
    unknown: Any, fields: object, problems: int, warnings: int
) -> None:
    default = "d" if unknown == "default" else None
    people = Lookup(unknown=unknown, default=default, entries={"Sekar Puspita": "acc"})
    profile = read_profile(EXAMPLE).model_copy(update={"people": people})
    made = drafts([row(associate="Tio")], profile, META)[0]
    assert (len(made.problems), len(made.warnings)) == (problems, warnings)
    assert made.fields.get("assignee") == fields


def test_the_example_fits_its_own_rows() -> None:
    profile: Profile = read_profile(EXAMPLE)
    made = drafts([row(content_type="Reel", brief="Teks")], profile, META)[0]
    assert made.problems == ()
    assert made.fields["labels"] == [made.label]
    again = drafts([row(9, id="k2", content_type="Reel", brief="Teks")], profile, META)[0]
    assert (again.external_id, again.hash) == (made.external_id, made.hash)


@pytest.mark.parametrize(
    ("field", "value", "encoded"),
    [
        ("summary", " a\n b ", "a b"),
        ("labels", "tag satu; dua", ["tag-satu", "dua"]),
        ("customfield_10039", "carousel", {"id": "2"}),
        ("customfield_10050", "Rp 1.500.000", 1500000.0),
        ("customfield_10052", "Reel > Musim 2", {"value": "Reel", "child": {"value": "Musim 2"}}),
        ("parent", "CP-7", {"key": "CP-7"}),
        ("duedate", "", None),
    ],
)
def test_values_in_the_form_of_their_field(field: str, value: str, encoded: object) -> None:
    assert encode(META[field], value, read_profile(EXAMPLE)) == encoded


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("summary", "x" * 256, "at most 255"),
        ("customfield_10039", "Reels", "did you mean 'Reel'"),
        ("duedate", "besok", "is no date"),
    ],
)
def test_values_that_do_not_fit_are_refused(field: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode(META[field], value, read_profile(EXAMPLE))


def test_headers_are_found_in_any_case_and_rows_keep_their_number() -> None:
    values: list[list[Any]] = [
        ["Rencana"],
        [],
        [" judul ", "TANGGAL\u00a0TAYANG", "Lain"],
        ["A"],
        [""],
        ["B", 46399],
    ]
    rows = read_rows(values, spreadsheet="s", sheet="S", need=["topic"])
    assert [(r.number, r.cells["topic"], r.cells["publish_date"]) for r in rows] == [
        (4, "A", None),
        (6, "B", 46399),
    ]


def test_an_answer_that_does_not_add_up_is_not_interpreted() -> None:
    batch = drafts([row(n) for n in (2, 3, 4)], read_profile(EXAMPLE), META)
    error = {"status": 400, "elementErrors": {"errors": {"x": "no"}}, "failedElementNumber": 1}
    issues = [{"id": "1", "key": "CP-1"}, {"id": "2", "key": "CP-2"}]
    paired = pair_up(batch, {"issues": issues, "errors": [error]})
    assert paired is not None
    assert [(d.row.number, f.key) for d, f in paired[0]] == [(2, "CP-1"), (4, "CP-2")]
    assert [(d.row.number, why) for d, why in paired[1]] == [(3, "x: no")]
    assert pair_up(batch, {"issues": issues, "errors": []}) is None


def test_waits_grow_until_the_search_has_caught_up() -> None:
    assert list(waits(60)) == [2, 5, 15, 30, 60]
    assert list(waits(0)) == []
