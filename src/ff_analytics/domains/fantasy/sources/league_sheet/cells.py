"""What people write into cells: dollars, seasons, contract types, roster slots."""

import re

from ff_analytics.domains.fantasy.cap.rules import TYPES
from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.engine.base.cells.dates import full_year
from ff_analytics.engine.base.cells.numbers import AmbiguousError

_TYPES = {
    "auction": "faad",
    "draft": "rookie",
    "option": "rookie_option",
    "tag": "franchise_tag",
    "franchise": "franchise_tag",
    "waiver": "waiver_claim",
    "waivers": "waiver_claim",
    "non_guaranteed": "rookie_non_guaranteed",
}
_SLOTS = {
    **dict.fromkeys(("active", "starter", "starting", "bench", "bn", "roster"), "active"),
    **dict.fromkeys(("taxi", "taxi_squad", "practice", "practice_squad"), "taxi"),
    **dict.fromkeys(("ir", "injured_reserve", "reserve", "injured"), "ir"),
}
_KINDS = {
    **dict.fromkeys(("dead", "dead_cap", "dead_money", "cut"), "dead"),
    **dict.fromkeys(("traded", "trade", "traded_cap", "cap_trade"), "traded"),
}


_BEFORE = r"(?:(?:salary|cap|season|year|fy|y)[ _-]?)"
_BEHIND = r"(?:[ _](?:salary|cap|cap[ _]hit|season|dollars|\$))?"
_YEAR = re.compile(rf"{_BEFORE}?((?:19|20)\d\d){_BEHIND}", re.IGNORECASE)
_SHORT_YEAR = re.compile(rf"{_BEFORE}?(?:['\u2019]|(?<=[a-zA-Z _-]))(\d\d){_BEHIND}", re.IGNORECASE)
_USUAL = Style()


class CellError(ValueError):
    """A cell that cannot be read; the message ends a sentence that begins with its field."""


def word(text: str) -> str:
    """Lower case with underscores: how spellings of one word are compared."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def dollars(text: str, style: Style = _USUAL, *, signed: bool = False) -> int:
    """Whole dollars from `$1,200`, `12` or `12.00`; `CellError` for cents and the rest."""
    try:
        plain = style.number(text)
    except AmbiguousError as error:
        raise CellError(str(error)) from None
    except ValueError:
        raise CellError(f"{text!r} is not a number of dollars") from None
    whole, _, cents = plain.partition(".")
    if cents.strip("0"):
        raise CellError(f"{text!r} is not whole dollars; the cap knows no cents")
    if int(whole) < 0 and not signed:
        raise CellError(f"{text!r} is negative")
    return int(whole)


def year(text: str) -> int | None:
    """The season that `2028`, `'28`, `FY29` or `2028 salary` names; None for another text."""
    found = _YEAR.fullmatch(text.strip()) or _SHORT_YEAR.fullmatch(text.strip())
    return full_year(found[1]) if found else None


def season(text: str) -> int:
    """A year of four digits, or of two behind `'` or `FY`."""
    found = year(text.strip().removesuffix(".0"))
    if found is None:
        raise CellError(f"{text!r} is not a season such as 2026")
    return found


def count(text: str) -> int:
    """A number of years."""
    if not re.fullmatch(r"\d{1,2}(\.0)?", text.strip()):
        raise CellError(f"{text!r} is not a number of years")
    return int(text.strip().split(".")[0])


def _one_of(text: str, known: dict[str, str]) -> str:
    found = known.get(word(text))
    if found is None:
        raise CellError(f"{text!r} is none of {', '.join(sorted(set(known.values())))}")
    return found


def contract_type(text: str) -> str:
    """A contract type of the cap rules, by its name or a usual other word."""
    return _one_of(text, {**{name: name for name in TYPES}, **_TYPES})


def slot(text: str) -> str:
    """active, taxi or ir. `NA` is none of them: a player of unknown status is not active."""
    return _one_of(text, _SLOTS)


def kind(text: str) -> str:
    """dead or traded."""
    return _one_of(text, _KINDS)
