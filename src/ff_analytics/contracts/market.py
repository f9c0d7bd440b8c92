"""Contract of `raw_market.values`: what the trade market says a player is worth."""

import dataframely as dy


class MarketValue(dy.Schema):
    """One row per provider, format and player; value on the provider's own scale."""

    provider = dy.String(primary_key=True)
    format = dy.String(primary_key=True, check=lambda name: name.is_in(["1qb", "superflex"]))
    player_id = dy.String(primary_key=True)
    value = dy.Float64(min=0)
    valued_on = dy.Date()
    origin = dy.String(alias="_origin")
