"""Strict JSON that forgets nothing: digits of a fraction, and keys that come twice."""

import json
from typing import Any


class TooDeep(ValueError):
    """JSON that is nested deeper than a reader can follow."""


class Fraction(float):
    """A JSON number with a fraction or an exponent, and how it was written."""

    text: str

    def __new__(cls, text: str) -> "Fraction":
        number = super().__new__(cls, text)
        number.text = text
        return number


class Doubled(dict[str, Any]):
    """An object that has a key twice: which of the values counts is not known."""

    key: str = ""


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    doubled = Doubled(made)
    doubled.key = next(name for name in names if names.count(name) > 1)
    return doubled


def doubled_key(value: Any) -> str | None:
    """The first key that an object of the value has twice; None mostly."""
    if isinstance(value, Doubled):
        return value.key
    if not isinstance(value, dict | list):
        return None
    parts = value.values() if isinstance(value, dict) else value
    return next((found for part in parts if (found := doubled_key(part)) is not None), None)


def parse(text: bytes | str) -> Any:
    """Strict JSON: NaN and Infinity are refused. Raises ValueError."""
    try:
        return json.loads(
            text, parse_constant=_constant, parse_float=Fraction, object_pairs_hook=_object
        )
    except RecursionError:
        raise TooDeep("nested too deep") from None
