"""The catalogue of Shopify shops, complete each time, with deleted products."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.accounts.accounts import TenantOptions
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness
from ff_analytics.engine.sources.source import Batch, FetchContext, Source

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.domains.marketing.shopify.api.client import Shop
    from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
    from ff_analytics.engine.accounts.accounts import Asked
    from ff_analytics.engine.accounts.provider import Account

PRODUCTS = Dataset(
    "products",
    "raw_shopify.products",
    ("tenant", "product_id"),
    "ff_analytics.domains.marketing.shopify.contract:Product",
    freshness=Freshness(warn=timedelta(days=9), error=timedelta(days=16)),
    minimum_rows=0,
    optional=True,
    version="updated_at",
    absence=Absence.SOFT_DELETED,
    may_vanish=("vendor", "product_type", "category", "published_at", "details", "_deleted_at"),
)

PRODUCTS_QUERY = """query($first: Int!, $after: String) {
  products(first: $first, after: $after, sortKey: ID) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id title handle status vendor productType isGiftCard createdAt updatedAt publishedAt
      totalInventory tags category { fullName } variantsCount { count }
      priceRangeV2 {
        minVariantPrice { amount currencyCode }
        maxVariantPrice { amount }
      }
    }
  }
}"""
# Deprecated in favour of `events`, but the only list of deletions only. When a
# later version drops it, the comparison with the full catalogue finds the same products.
DELETIONS_QUERY = """query($first: Int!, $after: String, $filter: String!) {
  deletionEvents(first: $first, after: $after, subjectTypes: [PRODUCT], query: $filter) {
    pageInfo { hasNextPage endCursor }
    nodes { subjectId occurredAt }
  }
}"""
# Deletions are few, and reading one twice changes nothing: room for clocks that differ.
OVERLAP = timedelta(days=1)


class ShopifyProductsOptions(TenantOptions):
    """Whose catalogue to load."""


def row(product: dict[str, Any]) -> dict[str, Any]:
    """One product in the contract's columns."""
    from ff_analytics.domains.marketing.shopify.queries import number

    prices = product.get("priceRangeV2") or {}
    low, high = prices.get("minVariantPrice") or {}, prices.get("maxVariantPrice") or {}
    return {
        "product_id": number(product.get("id")),
        "title": product.get("title"),
        "handle": product.get("handle"),
        "status": product.get("status"),
        "vendor": product.get("vendor"),
        "product_type": product.get("productType"),
        "category": (product.get("category") or {}).get("fullName"),
        "gift_card": product.get("isGiftCard"),
        "created_at": product.get("createdAt"),
        "updated_at": product.get("updatedAt"),
        "published_at": product.get("publishedAt"),
        "variants": (product.get("variantsCount") or {}).get("count"),
        "total_inventory": product.get("totalInventory"),
        "currency": low.get("currencyCode"),
        "price_min": low.get("amount"),
        "price_max": high.get("amount"),
        "details": {"tags": product.get("tags")},
    }


def _deleted(shop: "Shop", tenant: str, since: datetime) -> "pl.DataFrame":
    """Keys and times of the products deleted since then."""
    import polars as pl

    from ff_analytics.domains.marketing.shopify.queries import number
    from ff_analytics.engine.accounts.rows import frame_of, typed

    pages = shop.pages(
        DELETIONS_QUERY, ("deletionEvents",), 250, filter=f"occurred_at:>='{since:%FT%TZ}'"
    )
    text = frame_of(
        pages,
        ("product_id", "_deleted_at"),
        lambda e: {"product_id": number(e.get("subjectId")), "_deleted_at": e.get("occurredAt")},
    )
    frame, _ = typed(text, PRODUCTS.contract)
    return frame.drop_nulls().unique("product_id").with_columns(pl.lit(tenant).alias("tenant"))


def _read(options: ShopifyProductsOptions, asked: "Asked[Account, ShopifyCredentials]") -> Batch:
    import polars as pl

    from ff_analytics.domains.marketing.shopify.api.client import Shop, connect
    from ff_analytics.engine.accounts.rows import frame_of, typed

    context, tenant, domain = asked.context, asked.tenant.name, asked.account.id
    asked_at = datetime.now(UTC)
    api = connect(asked.credentials, domain, context.settings, context.traffic, asked.who)
    shop = Shop(api, domain)
    shop.identify()
    made = ("tenant", "shop", "_deleted_at", "_origin")
    columns = [name for name in PRODUCTS.contract.column_names() if name not in made]
    text = frame_of(shop.pages(PRODUCTS_QUERY, ("products",), 100), columns, row)
    text = text.with_columns(
        tenant=pl.lit(tenant), shop=pl.lit(domain), _deleted_at=pl.lit(None, pl.String)
    )
    frame, unreadable = typed(text, PRODUCTS.contract)
    loaded = (asked.before or {}).get("asked_at")
    since = datetime.fromisoformat(loaded) - OVERLAP if loaded else None
    return asked.batch(
        api.base_url,
        frame,
        unreadable,
        {"asked_at": asked_at.isoformat()},
        scope={"tenant": tenant, "shop": domain},
        # After the catalogue, so that products deleted during the read are marked as deleted.
        deleted=_deleted(shop, tenant, since) if since else None,
        accept_loss=options.force,
        warnings=shop.notes,
    )


def _fetch(options: ShopifyProductsOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.shopify.credentials import PROVIDER
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(
        options,
        context,
        PRODUCTS,
        PROVIDER,
        lambda asked: _read(options, asked),
    )


SOURCE = Source(
    name="shopify-products",
    title="Shopify products",
    description="The complete catalogue of Shopify shops, with deleted products.",
    options=ShopifyProductsOptions,
    datasets=(PRODUCTS,),
    fetch=_fetch,
)
