"""Strict JSON."""

import json
from typing import Any


class TooDeep(ValueError):
    """JSON that is nested deeper than a reader can follow."""


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def parse(text: bytes | str) -> Any:
    """Strict JSON: NaN and Infinity are refused. Raises ValueError."""
    try:
        return json.loads(text, parse_constant=_constant)
    except RecursionError:
        raise TooDeep("nested too deep") from None
