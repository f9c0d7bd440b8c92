"""Contracts of `raw_league.*`: what a fantasy league's own books deliver."""

import dataframely as dy
import polars as pl

from ff_analytics.engine.base.dataset import COUNTED


class Roster(dy.Schema):
    """One row per league and rostered player. slot: active, taxi or ir."""

    league = dy.String(primary_key=True)
    player_id = dy.String(primary_key=True)
    franchise = dy.String()
    slot = dy.String(check=lambda slot: slot.is_in(["active", "taxi", "ir"]))
    origin = dy.String(alias="_origin")


class Contract(dy.Schema):
    """One row per league, player and season of obligation; salary in dollars of the cap."""

    league = dy.String(primary_key=True)
    player_id = dy.String(primary_key=True)
    season = dy.Int32(primary_key=True, min=1920, max=2100)
    franchise = dy.String()
    salary = dy.Float64(min=0, metadata=COUNTED)
    contract_type = dy.String(nullable=True)
    origin = dy.String(alias="_origin")


class CapCharge(dy.Schema):
    """Dollars of a season beside the contracts, one row per entry of the league's books.

    kind `dead`: owed for a player who was cut; `traded`: cap received (positive) or given away
    (negative). `entry` tells entries apart: the player who was cut, the trade.
    """

    league = dy.String(primary_key=True)
    franchise = dy.String(primary_key=True)
    season = dy.Int32(primary_key=True, min=1920, max=2100)
    kind = dy.String(primary_key=True, check=lambda kind: kind.is_in(["dead", "traded"]))
    entry = dy.String(primary_key=True)
    dollars = dy.Float64(metadata=COUNTED)
    origin = dy.String(alias="_origin")

    @dy.rule()
    def dead_cap_is_owed(cls) -> pl.Expr:
        return (pl.col("kind") != "dead") | (pl.col("dollars") >= 0)


class Franchise(dy.Schema):
    """One row per league and franchise; manager = the name that the person shows there."""

    league = dy.String(primary_key=True)
    franchise = dy.String(primary_key=True)
    manager = dy.String(nullable=True)
    manager_id = dy.String(nullable=True)
    origin = dy.String(alias="_origin")


class ScoringRule(dy.Schema):
    """Points per unit of a scoring category, one row per league and category."""

    league = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    points = dy.Float64()


class Profile(dy.Schema):
    """A league profile as JSON, as it was when the marts were last built."""

    league = dy.String(primary_key=True)
    json = dy.String()
