"""What people write into cells: dollars, seasons, contract types, roster slots."""

import re

from ff_analytics.domains.fantasy.cap.rules import TYPES

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


class CellError(ValueError):
    """A cell that cannot be read; the message ends a sentence that begins with its field."""


def word(text: str) -> str:
    """Lower case with underscores: how spellings of one word are compared."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def dollars(text: str, *, signed: bool = False) -> int:
    """Whole dollars from `$1,200`, `12` or `12.00`; `CellError` for cents and the rest."""
    plain = re.sub(r"[$\s]", "", text).replace("\N{MINUS SIGN}", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise CellError(f"{text!r} is not a number of dollars")
    whole, _, cents = plain.partition(".")
    if cents.strip("0"):
        raise CellError(f"{text!r} is not whole dollars; the cap knows no cents")
    if int(whole) < 0 and not signed:
        raise CellError(f"{text!r} is negative")
    return int(whole)


def season(text: str) -> int:
    """A year of four digits."""
    if not re.fullmatch(r"(19|20)\d\d(\.0)?", text.strip()):
        raise CellError(f"{text!r} is not a season such as 2026")
    return int(text.strip()[:4])


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
    """active, taxi or ir."""
    return _one_of(text, _SLOTS)


def kind(text: str) -> str:
    """dead or traded."""
    return _one_of(text, _KINDS)
