"""Listed names as rows of `raw_market.listings`: each with the player or pick that it means."""

import polars as pl

from ff_analytics.domains.fantasy.players.matching import match
from ff_analytics.domains.fantasy.sources.market_values.options import LISTINGS
from ff_analytics.domains.fantasy.sources.market_values.picks import parse_pick
from ff_analytics.domains.fantasy.sources.market_values.providers import IDS
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.client import public

PICK = "pick"
_KEY = ("format", "listed_name", "position")


def _picks(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that are draft picks, with the id that we give them."""
    ids = [parse_pick(name or "") for name in rows["listed_name"].to_list()]
    unknown = pl.col("player_id").is_null()
    return rows.with_columns(
        pl.Series("player_id", ids, pl.String), position=pl.lit("PICK")
    ).with_columns(
        matched_by=pl.when(~unknown).then(pl.lit(PICK)),
        reason=pl.when(unknown).then(pl.lit("unknown pick")),
    )


def _is_pick(rows: pl.DataFrame) -> pl.Series:
    said = rows["position"].str.to_uppercase().eq_missing("PICK")
    named = [parse_pick(name or "") is not None for name in rows["listed_name"].to_list()]
    return said | pl.Series(named, dtype=pl.Boolean)


def _once_each(matched: pl.DataFrame) -> pl.DataFrame:
    """A player listed under two names keeps the surer match, then the more valuable one."""
    order = matched.with_columns(_sure=pl.col("matched_by").eq_missing("id")).sort(
        "_sure", "value", descending=True, nulls_last=True, maintain_order=True
    )
    first = pl.col("player_id").is_first_distinct().over("format")
    again = pl.col("player_id").is_not_null() & ~first
    second = pl.format("second listing of {}", "player_id")
    marked = order.with_columns(again.alias("_again")).with_columns(
        reason=pl.when("_again").then(second).otherwise("reason")
    )
    cleared = (
        pl.when(~pl.col("_again")).then(pl.col(c)).alias(c) for c in ("player_id", "matched_by")
    )
    return marked.with_columns(cleared).drop("_sure", "_again")


def only_last(listed: pl.DataFrame, provider: str) -> tuple[pl.DataFrame, list[str]]:
    """The last row of every name, format and position; and a warning about the others."""
    twice = listed.filter(pl.struct(_KEY).is_duplicated())["listed_name"]
    if twice.is_empty():
        return listed, []
    names = twice.unique(maintain_order=True)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return listed.unique(_KEY, keep="last", maintain_order=True), [
        f"{provider}: listed more than once, the last row was kept: {', '.join(names[:5])}{more}"
    ]


def matched_rows(
    listed: pl.DataFrame, players: pl.DataFrame, ids: pl.DataFrame | None, url: str
) -> pl.DataFrame:
    """The contract's columns of `raw_market.listings`, best values first.

    `listed`: columns `providers.LISTED` and provider. `ids`: player_id and other sites' ids.
    Raises `SourceError` without rows and when not a single name is a known player's.
    """
    if listed.is_empty():
        raise SourceError(f"{public(url)} holds no rows. Nothing was loaded.")
    if ids is not None:
        ids = ids.unique("player_id", keep="first", maintain_order=True)
        players = players.join(ids, on="player_id", how="left", maintain_order="left")
    is_pick = _is_pick(listed)
    columns = [name for name in IDS if name in players.columns]
    found = match(listed.filter(~is_pick), players, columns)
    picks = _picks(listed.filter(is_pick)).select(found.columns)
    if found["player_id"].count() == 0:
        first = ", ".join(listed["listed_name"].drop_nulls().head(3))
        raise SourceError(
            f"None of the {listed.height} names in {public(url)} is a known player's (first: "
            f"{first}). Is it the right list, and are its players loaded (ingest/nflverse)?"
        )
    rows = _once_each(pl.concat([found, picks])).with_columns(pl.col("position").fill_null("?"))
    return rows.select(c for c in LISTINGS.contract.column_names() if c != "_origin")
