"""Shopify orders and their lines, for the shops of every tenant."""

from collections.abc import Iterator

from ff_analytics.domains.marketing.shopify.options import LINES, ORDERS, ShopifyOrdersOptions
from ff_analytics.engine.sources.source import Batch, FetchContext, Source
from ff_analytics.engine.sources.window import Window


def _fetch(options: ShopifyOrdersOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.shopify.credentials import PROVIDER
    from ff_analytics.domains.marketing.shopify.orders import read
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(
        options,
        context,
        ORDERS,
        PROVIDER,
        lambda asked: read(options, asked),
    )


SOURCE = Source(
    name="shopify-orders",
    title="Shopify orders",
    description="Orders of Shopify shops with their lines, as they change.",
    options=ShopifyOrdersOptions,
    datasets=(ORDERS, LINES),
    fetch=_fetch,
    window=Window("dates", ("since", "until"), chunk=366),
)
