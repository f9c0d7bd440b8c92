"""Contract of `raw_rankings.listings`: where experts or drafters place a player."""

import dataframely as dy
import polars as pl

from ff_analytics.engine.base.dataset import COUNTED

KINDS = ["redraft", "dynasty"]
MEASURES = ["ecr", "adp"]
SCORINGS = ["standard", "half", "ppr", "unknown"]
GROUPS = ["QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB"]
PAGES = [*GROUPS, "FLEX", "SUPERFLEX", "IDP", "ALL"]


class Ranking(dy.Schema):
    """One row per list and name on it; a list is everything before `listed_id`.

    `week` 0 is before the season. `average` is the mean rank (ECR) or pick (ADP), `sd` its spread
    between experts or drafts. `matched_by` says how the player was found; where it is null,
    `reason` says why not. `ranked_on` is null when the list names no day.
    """

    provider = dy.String(primary_key=True)
    kind = dy.String(primary_key=True, check=lambda name: name.is_in(KINDS))
    measure = dy.String(primary_key=True, check=lambda name: name.is_in(MEASURES))
    scoring = dy.String(primary_key=True, check=lambda name: name.is_in(SCORINGS))
    page = dy.String(primary_key=True, check=lambda name: name.is_in(PAGES))
    season = dy.Int32(primary_key=True, min=1999, max=2100)
    week = dy.Int32(primary_key=True, min=0, max=22)
    listed_id = dy.String(primary_key=True, min_length=1)
    listed_name = dy.String(min_length=1)
    position = dy.String()
    team = dy.String(nullable=True)
    average = dy.Float64(min=0, metadata=COUNTED)
    sd = dy.Float64(nullable=True, min=0)
    ranked_on = dy.Date(nullable=True)
    player_id = dy.String(nullable=True)
    matched_by = dy.String(nullable=True)
    reason = dy.String(nullable=True)
    origin = dy.String(alias="_origin")

    @dy.rule()
    def unmatched_says_why(cls) -> pl.Expr:
        return pl.col("player_id").is_null() == pl.col("reason").is_not_null()
