"""Contracts of `raw_market.*`: what the trade market says a player or a pick is worth."""

import dataframely as dy
import polars as pl

from ff_analytics.engine.base.dataset import COUNTED

FORMATS = ["1qb", "superflex"]


class MarketValue(dy.Schema):
    """One row per provider, format and player; value on the provider's own scale.

    A draft pick is a player too: `PICK-<season>-<round>` with `-<slot>` or `-early`, `-mid`,
    `-late` where the provider says so.
    """

    provider = dy.String(primary_key=True)
    format = dy.String(primary_key=True, check=lambda name: name.is_in(FORMATS))
    player_id = dy.String(primary_key=True)
    value = dy.Float64(min=0, metadata=COUNTED)
    valued_on = dy.Date()
    origin = dy.String(alias="_origin")


class MarketListing(dy.Schema):
    """One row per provider, format, name and position as listed, and whom we take it for.

    `matched_by` says how; where it is null, no player was found and `reason` says why.
    """

    provider = dy.String(primary_key=True)
    format = dy.String(primary_key=True, check=lambda name: name.is_in(FORMATS))
    listed_name = dy.String(primary_key=True, min_length=1)
    position = dy.String(primary_key=True)
    team = dy.String(nullable=True)
    value = dy.Float64(min=0)
    valued_on = dy.Date()
    player_id = dy.String(nullable=True)
    matched_by = dy.String(nullable=True)
    reason = dy.String(nullable=True)
    origin = dy.String(alias="_origin")

    @dy.rule()
    def unmatched_says_why(cls) -> pl.Expr:
        return pl.col("player_id").is_null() == pl.col("reason").is_not_null()
