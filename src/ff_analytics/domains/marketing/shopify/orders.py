"""Orders of one shop: which window, page by page or in bulk, to rows of two tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from ff_analytics.domains.marketing.shopify import queries
from ff_analytics.domains.marketing.shopify.api.bulk import Bulk
from ff_analytics.domains.marketing.shopify.api.client import Record, Shop, connect
from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.domains.marketing.shopify.options import LINES, ORDERS, ShopifyOrdersOptions
from ff_analytics.engine.accounts import coverage
from ff_analytics.engine.accounts.accounts import FIRST_LOAD, Asked
from ff_analytics.engine.accounts.provider import Account
from ff_analytics.engine.accounts.rows import Collected, latest, typed
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.sources.source import Batch

# Shopify's search index lags behind its orders, so changes just before the last load are
# requested again.
OVERLAP = timedelta(minutes=10)
# Past this a bulk operation is cheaper than pages, and costs the shop no points.
PAGED = timedelta(days=31)
# Without the scope read_all_orders Shopify silently omits older orders.
VISIBLE = timedelta(days=60)
# By the documented costs so many orders with ten lines each stay below the 1,000 points that one
# query may cost; otherwise the client requests fewer.
PAGE = 10
LINES_PAGE = 100

_SEEN = "updated_until"


@dataclass(frozen=True)
class Span:
    """Orders with `updated_at` from `since` to before `until` (None: until now)."""

    since: datetime
    until: datetime | None
    asked: datetime

    @property
    def filter(self) -> str:
        until = f" AND updated_at:<'{_iso(self.until)}'" if self.until else ""
        return f"updated_at:>='{_iso(self.since)}'{until}"

    @property
    def paged(self) -> bool:
        return (self.until or self.asked) - self.since <= PAGED

    def cursor(self, seen: datetime | None, before: Cursor | None, **facts: str) -> Cursor:
        """What to remember: the newest order seen, unless orders before it are still missing.

        The time is Shopify's own, so a wrong clock on this machine leaves no gap.
        """
        old = (before or {}).get(_SEEN)
        reached = _iso(seen) if seen else None
        if old and (reached is None or reached < old or _iso(self.since) > old):
            reached = old
        return {
            "since": _iso(self.since),
            "until": _iso(self.until or self.asked),
            "asked_at": self.asked.isoformat(),
            _SEEN: reached,
            **facts,
        }


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def span_of(
    options: ShopifyOrdersOptions,
    before: Cursor | None,
    zone: ZoneInfo,
    broken_since: datetime | None = None,
) -> Span:
    """The window to request; days are days of the shop's timezone `zone`.

    From `broken_since` on orders were quarantined: they are requested again, for as long as a
    first load reaches back.
    """
    now = datetime.now(UTC)
    until = _midnight(options.until + timedelta(days=1), zone) if options.until else None
    seen = (before or {}).get(_SEEN)
    if options.since:
        since = _midnight(options.since, zone)
    elif seen:
        since = datetime.fromisoformat(seen) - OVERLAP
        if broken_since:
            since = min(since, max(broken_since, now - FIRST_LOAD))
    else:
        since = (until or now) - FIRST_LOAD
    return Span(min(since, until) if until else since, until, now)


def _whole_days(span: Span, zone: ZoneInfo) -> tuple[date, date]:
    """First and last day of the shop that the span covers from begin to end."""
    since, until = (m.astimezone(zone) for m in (span.since, span.until or span.asked))
    begun = timedelta(days=1) if since.time() != time() else timedelta()
    return since.date() + begun, (until - timedelta(microseconds=1)).date()


def _pages(shop: Shop, span: Span) -> Iterator[list[Record]]:
    """Orders whose `lineItems` is a plain list."""
    if not span.paged:
        yield from Bulk(shop).pages(queries.bulk_orders(span.filter), "lineItems")
        return
    for page in shop.pages(queries.ORDERS, ("orders",), PAGE, filter=span.filter):
        for order in page:
            first = order["lineItems"]
            order["lineItems"] = first["nodes"]
            if first["pageInfo"]["hasNextPage"]:
                after = first["pageInfo"]["endCursor"]
                rest = shop.pages(
                    queries.LINES, ("order", "lineItems"), LINES_PAGE, id=order["id"], after=after
                )
                order["lineItems"] += [line for lines in rest for line in lines]
        yield page


def _columns(dataset: Dataset, *made: str) -> list[str]:
    return [name for name in dataset.contract.column_names() if name not in ("_origin", *made)]


def _typed(
    asked: Asked[Account, ShopifyCredentials], dataset: Dataset, collected: Collected, shop: Shop
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows in the contract's types, and those that cannot be."""
    fixed = {"tenant": asked.tenant.name, "shop": shop.domain, "timezone": shop.timezone}
    known = [name for name in fixed if name in dataset.contract.column_names()]
    text = collected.frame().with_columns(pl.lit(fixed[name]).alias(name) for name in known)
    frame, unreadable = typed(text, dataset.contract)
    return latest(frame, dataset.keys, dataset.version or ""), unreadable


def _hidden(asked: Asked[Account, ShopifyCredentials], shop: Shop, span: Span) -> tuple[str, ...]:
    if "read_all_orders" in shop.scopes or span.asked - span.since <= VISIBLE:
        return ()
    return (
        f"{asked.part}: Shopify shows this app the orders of the last {VISIBLE.days} days only; "
        "older ones are missing without the scope read_all_orders",
    )


def _before(asked: Asked[Account, ShopifyCredentials]) -> Cursor | None:
    """Progress of the load: the dataset that is behind decides, so that neither has a gap."""
    cursors = [asked.context.cursor(dataset, asked.part) for dataset in (ORDERS, LINES)]
    if not all(cursor and cursor.get(_SEEN) for cursor in cursors):
        return None
    return min((c for c in cursors if c), key=lambda cursor: str(cursor[_SEEN]))


def _broken_since(asked: Asked[Account, ShopifyCredentials]) -> datetime | None:
    """Start of the last window, if orders or lines of it were quarantined."""
    cursors = [asked.context.cursor(dataset, asked.part) for dataset in (ORDERS, LINES)]
    begins = [datetime.fromisoformat(c["since"]) for c in cursors if c and c.get("broken")]
    return min(begins, default=None)


def read(
    options: ShopifyOrdersOptions, asked: Asked[Account, ShopifyCredentials]
) -> tuple[Batch, ...]:
    """Batches of orders and of their lines, out of the same answers."""
    context = asked.context
    api = connect(asked.credentials, asked.account.id, context.settings, context.traffic, asked.who)
    shop = Shop(api, asked.account.id)
    shop.identify()
    facts = {"timezone": shop.timezone, "currency": shop.currency}
    zone = asked.zone(shop.timezone)
    span = span_of(options, _before(asked), zone, _broken_since(asked))
    order_rows = Collected(_columns(ORDERS, "tenant", "shop", "timezone", "created_date"))
    line_rows = Collected(_columns(LINES, "tenant", "shop"))
    for page in _pages(shop, span):
        order_rows.add(queries.order_row(order) for order in page)
        line_rows.add(row for order in page for row in queries.line_rows(order))
    orders, odd_orders = _typed(asked, ORDERS, order_rows, shop)
    lines, odd_lines = _typed(asked, LINES, line_rows, shop)
    day = pl.col("created_at").dt.convert_time_zone(shop.timezone).dt.date()
    seen = orders["updated_at"].max()

    def batch(dataset: Dataset, frame: pl.DataFrame, odd: pl.DataFrame, *notes: str) -> Batch:
        before = context.cursor(dataset, asked.part)
        cursor = span.cursor(seen if isinstance(seen, datetime) else None, before, **facts)
        outdated = context.outdated.get((dataset.name, asked.part))
        cursor |= coverage.remembered(before, outdated, *_whole_days(span, zone))
        old = coverage.advice(cursor, asked.who, context.source.name, asked.tenant.name)
        return Batch(
            dataset=dataset,
            part=asked.part,
            origin="shopify-orders",
            url=api.base_url,
            cursor=cursor,
            cursor_before=before,
            frame=frame,
            unreadable=odd,
            may_be_empty=True,
            warnings=(*notes, *old),
        )

    notes = (*_hidden(asked, shop, span), *asked.changed(**facts), *shop.notes)
    return (
        batch(ORDERS, orders.with_columns(day.alias("created_date")), odd_orders, *notes),
        batch(LINES, lines, odd_lines),
    )
