"""JSON of providers, read and written at speed: millions of records pass through here."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from ff_analytics.engine.base.bounds.limits import MOST_DEPTH, shallow

_DEEP = f"nested deeper than {MOST_DEPTH} levels"


@contextmanager
def _no_collection() -> Iterator[None]:
    """Switch the garbage collector off: parsing creates many objects and no garbage."""
    if not gc.isenabled():
        # Another thread parses, too; the thread that disabled the collector enables it again.
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class TooDeep(ValueError):
    """JSON that is nested deeper than `MOST_DEPTH` levels."""


def loads(content: bytes) -> Any:
    """The value; ValueError when it is not JSON, or nested deeper than `MOST_DEPTH` levels.

    Python's own parser accepts some input that orjson rejects, such as a byte order mark. Integers
    of more than 64 bits become floats: ids of such a size must be text.
    """
    try:
        with _no_collection():
            value = orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(content)
        except RecursionError:
            raise TooDeep(_DEEP) from None
    if not shallow(content):
        raise TooDeep(_DEEP)
    return value


def dumps(value: Any) -> str:
    """Text with sorted keys, equal for equal values; integers of any size."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, ValueError):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
