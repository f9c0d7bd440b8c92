"""Declared products and sources, looked up in their folders at most every few seconds."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

if TYPE_CHECKING:
    from ff_analytics.engine.products.product import Product
    from ff_analytics.engine.sources.source import Source

T = TypeVar("T")
# A page asks some dozen times; a new folder is found without a restart all the same.
_SECONDS = 10.0


def _kept(look: Callable[[], T]) -> Callable[[], T]:
    known: list[tuple[float, T]] = []

    def answer() -> T:
        now = time.monotonic()
        if not known or now - known[0][0] > _SECONDS:
            known[:] = [(now, look())]
        return known[0][1]

    return answer


all_products: "Callable[[], list[Product]]" = _kept(products.loadable)
all_sources: "Callable[[], list[Source]]" = _kept(sources.loadable)
