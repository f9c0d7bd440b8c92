"""Plans in CSV and Excel files, and the preview that needs no account."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ff_analytics.cli.main import main
from ff_analytics.domains.content.issue.draft import external_id
from ff_analytics.domains.content.plan.profile import load_profile
from ff_analytics.domains.content.sheet.plan_file import read_values
from ff_analytics.domains.content.sheet.sheet import PlanRow, read_rows
from ff_analytics.engine.base.errors import ConfigError, SourceError
from ff_analytics.engine.base.settings import Settings, get_settings

HEADER = ["ID", "Title", "Publish date", "Brief"]


def write_excel(path: Path, rows: list[list[Any]], sheet: str = "Plan") -> str:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return str(path)


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return str(path)


@pytest.fixture
def folder(lake_settings: Settings) -> Path:
    """The data folder, from which plans may be read."""
    lake_settings.data.mkdir(parents=True, exist_ok=True)
    return lake_settings.data


def dated(rows: list[list[Any]]) -> list[PlanRow]:
    return read_rows(rows, spreadsheet="plan", sheet="plan", need=("topic",))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_csv_reads_as_the_sheet_it_was_exported_from(
    folder: Path, lake_settings: Settings, sign: str
) -> None:
    rows = [HEADER, ["K1", '"Kopi\ndan susu"', "2027-01-12", '"Satu, dua; tiga"']]
    file = write(folder / "plan.csv", "\n".join(sign.join(row) for row in rows), "utf-8-sig")
    (row,) = dated(read_values(file, "Sheet1", lake_settings))
    assert (row.text("id"), row.text("topic")) == ("K1", "Kopi\ndan susu")
    assert (row.number, row.text("brief")) == (2, "Satu, dua; tiga")


def test_dates_of_excel_are_the_serial_numbers_of_sheets(
    folder: Path, lake_settings: Settings
) -> None:
    rows: list[list[Any]] = [
        HEADER,
        ["K1", "Kopi", datetime(2027, 1, 12), 0.125],  # noqa: DTZ001  # a cell has no timezone
        [None, "Susu", date(2027, 3, 1)],
    ]
    file = write_excel(folder / "plan.xlsx", rows)
    first, second = dated(read_values(file, "Sheet1", lake_settings))
    assert (first.cells["publish_date"], first.cells["brief"]) == (46399.0, 0.125)
    assert second.cells["publish_date"] == 46447.0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.xlsx", b"no zip", "no Excel file"),
        ("plan.csv", "ID,Title\nK1,\xe9\n".encode("latin-1"), "no UTF-8 text"),
        ("plan.csv", b'ID,Title\nK1,"open\nK2,x\n', "quote"),
        ("plan.csv", b"ID,Title\n" + b"K,x\n" * 10_001, "more than 10,000 rows"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    folder: Path, lake_settings: Settings, name: str, content: bytes, words: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(SourceError, match=words):
        read_values(str(folder / name), "Sheet1", lake_settings)


def test_a_formula_without_a_result_and_an_unknown_sheet_are_named(
    folder: Path, lake_settings: Settings
) -> None:
    file = write_excel(folder / "plan.xlsx", [HEADER, ["K1", "=A2", "2027-01-12", "x"]])
    with pytest.raises(SourceError, match="cell B2 has a formula without a stored result"):
        read_values(file, "Sheet1", lake_settings)
    book = openpyxl.load_workbook(file)
    book.create_sheet("Other")
    book.save(file)
    with pytest.raises(SourceError, match=r"no sheet 'Sheet1' \(there are Plan, Other\)"):
        read_values(file, "Sheet1", lake_settings)


@pytest.mark.parametrize(
    ("file", "words"),
    [("/etc/plan.csv", "outside of"), ("data/none.txt", "must end in"), ("no.xlsx", "There is no")],
)
def test_a_file_of_another_place_or_kind_is_refused(
    folder: Path, lake_settings: Settings, file: str, words: str
) -> None:
    place = file if file.startswith(("/", "data")) else str(folder / file)
    with pytest.raises(ConfigError, match=words):
        read_values(place, "Sheet1", lake_settings)


def test_the_same_row_of_a_renamed_file_is_the_same_issue() -> None:
    profile = load_profile("example", get_settings())
    cells = {"id": "K1", "topic": "Kopi", "publish_date": "2027-01-12"}
    january = PlanRow("january.csv", "january.csv", 2, cells, from_file=True)
    copy = PlanRow("copy.csv", "copy.csv", 9, cells, from_file=True)
    sheet = PlanRow("january.csv", "january.csv", 2, cells)
    assert external_id(january, profile) == external_id(copy, profile)
    assert external_id(january, profile) != external_id(sheet, profile)


def test_the_example_is_previewed_without_an_account(
    lake_settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httpx.Client.send", lambda *_, **__: pytest.fail("a request was sent"))
    assert main(["content", "preview", "--json"]) == 0
    printed = capsys.readouterr()
    rows = json.loads(printed.out)
    assert [row["status"] for row in rows].count("would be created") == 4
    wrong = {row["row"]: row["why"] for row in rows if row["status"] == "invalid"}
    assert "did you mean 'Raka Wibisana'" in wrong[8]
    assert "'soon' is no date" in wrong[9]
    assert "Jira was not asked" in printed.err
    (page,) = lake_settings.data.glob("content/*/preview.html")
    text = page.read_text()
    assert "Three beans for the rainy season" in text
    assert "Jira was not asked" in text
    assert f"{datetime.now(UTC):%Y}" in text


def test_a_profile_of_sheets_needs_a_file_for_its_preview(
    lake_settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = lake_settings.data / "profiles"
    text = (lake_settings.content / "example.yaml").read_text()
    write(profiles / "mine.yaml", text)
    monkeypatch.setenv("FF_CONTENT_DIR", str(profiles))
    get_settings.cache_clear()
    assert main(["content", "preview", "mine"]) == 2
    assert "give a plan with --file" in capsys.readouterr().err
