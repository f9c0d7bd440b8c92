"""Market values as batches: every name as listed, and the values of those that were matched."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

import polars as pl

from ff_analytics.domains.fantasy.players import people
from ff_analytics.domains.fantasy.players.orders import ListOrder
from ff_analytics.domains.fantasy.sources.market_values.options import (
    LISTINGS,
    MARKET_VALUES,
    MarketOptions,
    Provider,
)
from ff_analytics.domains.fantasy.sources.market_values.providers import Feed, feeds, id_feed
from ff_analytics.domains.fantasy.sources.market_values.report import note_matches
from ff_analytics.domains.fantasy.sources.market_values.rows import matched_rows, only_last
from ff_analytics.engine.base.errors import SourceError, SourceMissing
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.sources.source import Batch, FetchContext

# A month moves a market by more than its noise: older values are worth a warning.
OLD = timedelta(days=30)


class Order(ListOrder[MarketOptions]):
    """One run's request."""

    source = "market-values"


@dataclass(frozen=True)
class Delivery:
    """One file: its state at the provider, and its rows."""

    state: Cursor
    rows: pl.DataFrame


def _deliver(order: Order, feed: Feed) -> Delivery:
    found = order.fetched(feed.url)
    try:
        rows = feed.parse(found.content(order.context.settings), feed, order.options, order.today)
    except SourceError:
        found.discard()
        raise
    return Delivery(dict(found.state), rows)


def _all(order: Order, wanted: tuple[Feed, ...]) -> list[Delivery]:
    deliveries = []
    for feed in wanted:
        try:
            deliveries.append(_deliver(order, feed))
        except SourceMissing as error:
            if not feed.optional:
                raise
            order.context.warnings.append(f"{order.provider}: left out: {error}")
    return deliveries


def _date_warnings(order: Order, newest: date | None) -> list[str]:
    if newest is None or order.today - newest <= OLD:
        return []
    return [
        f"{order.provider}: the newest value is of {newest}, {(order.today - newest).days} days "
        "old. Load a newer list; values far from the valued season are not compared with."
    ]


def _state(order: Order, deliveries: list[Delivery]) -> Cursor:
    """What the part was made of: the files' hashes, the options, and the players to match with."""
    chosen = order.options.model_dump(mode="json", exclude={"force", "url"})
    files = {each.state["url"]: each.state["sha256"] for each in deliveries}
    return {"files": files, "options": chosen, "players": order.known.version}


def _unchanged(order: Order, state: Cursor) -> bool:
    before = [
        order.context.cursor(dataset, order.provider) for dataset in (LISTINGS, MARKET_VALUES)
    ]
    same = all(
        cursor is not None and {name: cursor.get(name) for name in state} == state
        for cursor in before
    )
    return same and not order.options.force


def _listings(order: Order) -> Batch:
    """Every name of the provider with the player that it means; no frame when nothing is new."""
    wanted = feeds(order.options)
    deliveries = _all(order, wanted)
    crosswalk = id_feed(order.options)
    ids = _all(order, (crosswalk,)) if crosswalk else []
    state = _state(order, [*deliveries, *ids])
    before = order.context.cursor(LISTINGS, order.provider)
    batch = partial(
        Batch,
        dataset=LISTINGS,
        part=order.provider,
        origin=order.origin,
        url=public(wanted[0].url),
        cursor_before=before,
        scope={"provider": order.provider},
    )
    if before is not None and _unchanged(order, state):
        newest = date.fromisoformat(before["newest"]) if before.get("newest") else None
        return batch(cursor=dict(before), warnings=tuple(_date_warnings(order, newest)))
    listed, doubled = only_last(pl.concat([each.rows for each in deliveries]), order.provider)
    rows = matched_rows(
        listed.with_columns(provider=pl.lit(order.provider)),
        order.known.frame,
        ids[0].rows if ids else None,
        wanted[0].url,
    )
    notes = note_matches(order.context, order.provider, rows)
    newest = cast("date | None", rows["valued_on"].max())
    return batch(
        cursor={**state, "newest": newest.isoformat() if newest else None},
        frame=rows,
        # The list is what the provider says today: who is not on it any more has no value.
        accept_loss=True,
        warnings=(*doubled, *_date_warnings(order, newest), *notes),
    )


def _values(listings: Batch, context: FetchContext) -> Batch:
    """The matched rows of the same delivery."""
    values: dict[str, Any] = {"frame": None, "cursor": dict(listings.cursor)}
    if listings.frame is not None:
        rows = listings.frame.filter(pl.col("player_id").is_not_null())
        columns = [c for c in MARKET_VALUES.contract.column_names() if c != "_origin"]
        values["frame"] = rows.select(columns)
    return Batch(
        dataset=MARKET_VALUES,
        part=listings.part,
        origin=listings.origin,
        url=listings.url,
        cursor_before=context.cursor(MARKET_VALUES, listings.part),
        scope=listings.scope,
        accept_loss=True,
        **values,
    )


def fetch(options: MarketOptions, context: FetchContext) -> Iterator[Batch]:
    """Listings and values of one provider.

    Raises `ConfigError`, or `NothingToDo` for a public list, when there are no players to match
    with. Public lists know no player of the sample league: nothing is loaded then, and a warning
    says so.
    """
    known = people.load(context.settings, public_list=options.provider is not Provider.OWN)
    order = Order(options, context, known)
    if known.sample and options.provider is not Provider.OWN:
        context.warnings.append(
            f"{order.provider} lists real players and the lake holds the sample league: nothing "
            "was loaded. Load real players first (ingest/nflverse)."
        )
        return
    context.expected = 2
    for listings in context.attempt(order.provider, partial(_listings, order)):
        yield listings
        yield _values(listings, context)
