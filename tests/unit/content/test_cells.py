"""Cells as people write them."""

from datetime import date
from typing import Any

import pytest

from ff_analytics.domains.content.issue.adf import TEXT_LIMIT, document, plain
from ff_analytics.domains.content.sheet.dates import (
    jira_datetime,
    next_month,
    parse_date,
    parse_month,
    readable,
)
from ff_analytics.domains.content.sheet.text import clean, parse_number

DAY = date(2027, 1, 12)


@pytest.mark.parametrize(
    "text",
    [
        *("2027-01-12", "2027-01-12T09:00:00Z", "12/01/2027", "12-1-27", "12.01.2027", 46399),
        *(
            "12 Januari 2027",
            "Selasa, 12 Jan 2027",
            "12\u00a0January 2027",
            " 12 jan. 27 ",
            46399.5,
        ),
    ],
)
def test_one_day_in_many_forms(text: object) -> None:
    assert parse_date(text, day_first=True) == DAY


def test_indonesian_short_months() -> None:
    short = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
    assert [parse_date(f"1 {m} 2027") for m in short] == [date(2027, n, 1) for n in range(1, 13)]
    assert parse_date("17 Agt 2027") == date(2027, 8, 17)


def test_the_order_of_day_and_month_is_a_decision_not_a_guess() -> None:
    assert parse_date("02/01/2027", day_first=True) == date(2027, 1, 2)
    assert parse_date("02/01/2027", day_first=False) == date(2027, 2, 1)
    with pytest.raises(ValueError, match="read as day/month/year"):
        parse_date("01/13/2027", day_first=True)


@pytest.mark.parametrize("text", ["soon", "31/02/2027", "12 Foo 2027", 2027, True, "2027-13-01"])
def test_what_is_no_date_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"no da(te|y)"):
        parse_date(text)


def test_months_on_the_31st() -> None:
    assert next_month(date(2027, 1, 31)) == date(2027, 2, 1)
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert parse_month("Mei 2027", DAY) == parse_month("2027-05", DAY) == date(2027, 5, 1)
    with pytest.raises(ValueError, match="no month"):
        parse_month("2027-13", DAY)


def test_a_day_in_jakarta_begins_the_evening_before_in_utc() -> None:
    assert jira_datetime(DAY, "Asia/Jakarta") == "2027-01-11T17:00:00.000+0000"
    assert readable(date(2027, 8, 17)) == "17 Agustus 2027"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Rp 1.250.000,50", 1250000.5),
        ("Rp1.250.000", 1250000.0),
        ("1,250,000.50", 1250000.5),
        ("0.125", 0.125),
        ("-0,125", -0.125),
        (".125", 0.125),
        ("1234.567", 1234.567),
        ("1,250.000", 1250.0),
        ("12%", 0.12),
        ("12,5", 12.5),
        ("-3.5", -3.5),
        ("Rp 500.000,-", 500000.0),
        (7, 7.0),
        ("", None),
        (None, None),
    ],
)
def test_numbers(text: object, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "point", "comma", "readings"),
    [
        ("1.234", 1.234, 1234.0, "1.234 or 1234"),
        ("1,234", 1234.0, 1.234, "1.234 or 1234"),
        ("Rp 12.500", 12.5, 12500.0, "12.500 or 12500"),
        ("-1.250", -1.25, -1250.0, "-1.250 or -1250"),
    ],
)
def test_a_number_with_two_readings_needs_the_profile(
    text: str, point: float, comma: float, readings: str
) -> None:
    assert (parse_number(text, "."), parse_number(text, ",")) == (point, comma)
    with pytest.raises(ValueError, match=f"{readings}: set decimal"):
        parse_number(text)


@pytest.mark.parametrize("decimal", [None, ".", ","])
def test_the_separator_changes_no_number_with_one_reading(decimal: str | None) -> None:
    texts = ("0.125", "0,125", "12.5", "12,5", "1.250.000", "1,250.5")
    expected = [0.125, 0.125, 12.5, 12.5, 1250000.0, 1250.5]
    assert [parse_number(text, decimal) for text in texts] == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "checkbox"),
        (False, "checkbox"),
        ("1,2,3.5", "no number"),
        ("1.25.000", "no number"),
        ("1234567890123456,5", "rounded"),
    ],
)
def test_what_is_no_exact_number_is_refused(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_number(value)


def test_a_date_with_two_readings_is_refused_with_both() -> None:
    with pytest.raises(ValueError, match=r"3 April 2026 or 4 Maret 2026: set day_first"):
        parse_date("03/04/2026")
    assert parse_date("04/04/2026") == date(2026, 4, 4)
    assert parse_date("13/04/2026") == parse_date("04/13/2026") == date(2026, 4, 13)
    with pytest.raises(ValueError, match="no day of the calendar"):
        parse_date("0/0/2026", day_first=None)


def test_words_are_no_number() -> None:
    with pytest.raises(ValueError, match="no number"):
        parse_number("sekitar 3 juta")


def test_text_is_cleaned() -> None:
    assert clean(" a\u00a0 b \r\n\r\n\r\n\r\n c ") == "a b\n\nc"
    assert (clean(12.0), clean(None)) == ("12", "")


def test_text_becomes_a_document() -> None:
    made = document("Intro\nsecond\n- one\n- see https://example.org/a.\n\nEnd")
    kinds = [block["type"] for block in made["content"]]
    assert kinds == ["paragraph", "bulletList", "paragraph"]
    assert made["content"][0]["content"][1] == {"type": "hardBreak"}
    link: Any = made["content"][1]["content"][1]["content"][0]["content"][1]
    assert link["marks"] == [{"type": "link", "attrs": {"href": "https://example.org/a"}}]
    assert plain(made).startswith("Intro\nsecond\n- one")


def test_a_text_above_jiras_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 32,767"):
        document("x" * (TEXT_LIMIT + 1))
