"""Dates as people write them in plans, in Indonesian and English, and as Sheets counts them."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ff_analytics.engine.base.cells.dates import date_in_digits, full_year
from ff_analytics.engine.base.cells.numbers import AmbiguousError

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_MORE = {
    **{"january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "august": 8},
    **{"october": 10, "december": 12, "aug": 8, "oct": 10, "dec": 12, "agu": 8, "agt": 8},
    **{"ags": 8, "okt": 10, "des": 12, "sept": 9, "nop": 11, "pebruari": 2},
}
_NUMBER_OF = {
    **{name.lower(): number for number, name in enumerate(MONTHS, 1)},
    **{name[:3].lower(): number for number, name in enumerate(MONTHS, 1)},
    **_MORE,
}
# Day 0 of Sheets and Excel serial numbers.
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_WORDS = re.compile(r"(?:[^\W\d_]+,\s*)?(\d{1,2})[\s.-]+([^\W\d_]+)\.?,?[\s.-]+(\d{4}|\d{2})")


def _day(serial: float) -> date:
    return (_EPOCH + timedelta(days=int(serial))).date()


def refuse_date_as_text(value: object) -> None:
    """Raise ValueError for a number in a text column that may be a date of the sheet, 2010-2049."""
    if not isinstance(value, bool) and isinstance(value, int | float) and 40_179 <= value < 54_789:
        raise AmbiguousError(
            f"{value!r} can be this number or the date {readable(_day(value))}: "
            "format the cell as plain text"
        )


def _written(text: str, day_first: bool | None) -> date | None:
    try:
        if day := date_in_digits(text, day_first, readable):
            return day
    except AmbiguousError as error:
        raise AmbiguousError(
            f"{text!r} can be {error}: set day_first in the profile to true or false"
        ) from None
    found = _WORDS.fullmatch(text)
    number = _NUMBER_OF.get(found[2].lower()) if found else None
    return date(full_year(found[3]), number, int(found[1])) if found and number else None


def parse_date(value: object, *, day_first: bool | None = None) -> date | None:
    """The day that is meant; None for an empty cell. Raises ValueError saying what is wrong.

    Accepts ISO, 12/01/2027, 12 Januari 2027, 12 Jan 27 and serial numbers of Sheets. `day_first`
    is the order of day and month; without it, a text with two readings raises `AmbiguousError`.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is no date")
    if isinstance(value, int | float):
        # 1954 to 2119: a year or a small number in a date column is a mistake, not a date.
        if not 20_000 <= value < 80_000:
            raise ValueError(f"{value!r} is no date")
        return _day(value)
    text = " ".join(str(value).replace("\u00a0", " ").split())
    try:
        if day := _written(text, day_first):
            return day
    except AmbiguousError:
        raise
    except ValueError:
        order = "month/day/year" if day_first is False else "day/month/year"
        raise ValueError(f"{text!r} is no day of the calendar, read as {order}") from None
    raise ValueError(f"{text!r} is no date: write 2027-01-12, 12/01/2027 or 12 Januari 2027")


def month_name(month: date) -> str:
    """Indonesian name of the month."""
    return MONTHS[month.month - 1]


def readable(day: date) -> str:
    """12 Januari 2027."""
    return f"{day.day} {month_name(day)} {day.year}"


def next_month(today: date) -> date:
    """First day of the month after; safe on the 31st."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def parse_month(text: str, today: date) -> date:
    """First day of `2027-01`, of `Januari 2027`, or of the next month for an empty text."""
    words = text.split()
    if not words:
        return next_month(today)
    try:
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text.strip()):
            return date(int(found[1]), int(found[2]), 1)
        number = _NUMBER_OF.get(words[0].lower())
        if len(words) == 2 and number:
            return date(int(words[1]), number, 1)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no month: write 2027-01 or Januari 2027")


def jira_date(day: date) -> str:
    """Form of Jira's date fields."""
    return day.isoformat()


def jira_datetime(day: date, zone: str) -> str:
    """Form of Jira's datetime fields: midnight of that day in the plan's zone, as UTC."""
    moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def timestamp(moment: datetime) -> str:
    """YYYY-MM-DDTHH:MM:SSZ."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
