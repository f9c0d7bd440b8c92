"""What a missing row means is declared for each dataset of a marketing provider."""

import pytest

from ff_analytics.engine.base.dataset import Absence
from ff_analytics.engine.sources import registry

DECLARED = {
    ("meta-ads", "insights"): Absence.OBJECT_GONE,
    ("google-ads", "campaign-day"): Absence.OBJECT_GONE,
    ("shopify-orders", "orders"): Absence.NOT_ASKED,
    ("shopify-orders", "order_lines"): Absence.NOT_ASKED,
    ("shopify-products", "products"): Absence.SOFT_DELETED,
    ("klaviyo-campaigns", "campaigns"): Absence.SOFT_DELETED,
    ("klaviyo-campaigns", "campaign-values"): Absence.NOT_ASKED,
    ("klaviyo-flows", "flows"): Absence.SOFT_DELETED,
    ("klaviyo-flows", "flow-days"): Absence.OBJECT_GONE,
}


@pytest.mark.parametrize(("source", "dataset"), DECLARED)
def test_only_what_the_provider_withdraws_is_removed(source: str, dataset: str) -> None:
    found = {d.name: d for d in registry.load(source).datasets}[dataset]
    assert found.absence is DECLARED[source, dataset]
    assert set(found.object_keys) <= set(found.keys)
    assert bool(found.object_keys) == (found.absence is Absence.OBJECT_GONE)
