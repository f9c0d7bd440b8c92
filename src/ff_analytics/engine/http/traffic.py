"""Cursor of the last load of a part, and the calls, retries and bytes that one run cost."""

from dataclasses import dataclass
from typing import Any

Cursor = dict[str, Any]


@dataclass
class Traffic:
    """What one run cost at the provider."""

    calls: int = 0
    retries: int = 0
    throttled_seconds: float = 0.0
    bytes: int = 0
