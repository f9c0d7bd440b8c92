"""Leagues and seasons small enough to work out by hand."""

from datetime import date
from typing import Any

import polars as pl

from ff_analytics.domains.fantasy.league import inputs
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.domains.fantasy.products.valuation import product as valuation

WEEKLY = {
    "player_id": pl.String,
    "season": pl.Int32,
    "week": pl.Int32,
    "position": pl.String,
    "display_name": pl.String,
    "team": pl.String,
    "birth_date": pl.Date,
    "games_played": pl.Int32,
    "fantasy_points": pl.Float64,
}
NO_CONTRACTS = pl.DataFrame(
    schema={
        "player_id": pl.String,
        "franchise": pl.String,
        "season": pl.Int32,
        "salary": pl.Float64,
    }
)
NO_MARKET = pl.DataFrame(schema={"player_id": pl.String, "value": pl.Float64, "valued_on": pl.Date})


def league(slots: dict[str, int], teams: int = 2, **fields: Any) -> LeagueProfile:
    """A two-team league with the given slots."""
    plain = {"name": "toy", "description": "toy", "timezone": "UTC", "weeks": 17, "budget": 100}
    rules = {"scoring": {"receptions": 1.0}, "minimum_bid": 1, "slots": slots, "teams": teams}
    return LeagueProfile.model_validate(plain | rules | fields)


def players(**points: list[float]) -> pl.DataFrame:
    """Ranked players of 10 games; `QB=[300, 200]` gives QB1 and QB2. Points must fall."""
    rows = [
        {
            "player_id": f"{position}{rank:03d}",
            "position": position,
            "points": float(value),
            "games": 10,
            "ppg": value / 10,
            "position_rank": rank,
        }
        for position, values in sorted(points.items())
        for rank, value in enumerate(values, 1)
    ]
    return pl.DataFrame(rows, schema_overrides={"games": pl.Int32, "position_rank": pl.Int32})


def week_rows(
    player: str,
    position: str,
    points: list[float | None],
    *,
    season: int = 2020,
    born: date | None = date(1995, 9, 1),
    team: str = "KC",
) -> pl.DataFrame:
    """One row per week from week 1; None is a week without an opportunity."""
    weeks = [
        {
            "player_id": player,
            "season": season,
            "week": week,
            "position": position,
            "display_name": player.title(),
            "team": team,
            "birth_date": born,
            "games_played": int(value is not None),
            "fantasy_points": value or 0.0,
        }
        for week, value in enumerate(points, 1)
    ]
    return pl.DataFrame(weeks, schema=WEEKLY)


def frames_of(
    params: valuation.ValuationParams,
    weekly: pl.DataFrame,
    contracts: pl.DataFrame = NO_CONTRACTS,
    market: pl.DataFrame = NO_MARKET,
) -> dict[str, pl.DataFrame]:
    """The frames that the valuation reads, with the profile as stored in the lake."""
    profile = params.profile
    return {
        valuation.WEEKLY: weekly,
        inputs.CONTRACTS: contracts,
        inputs.MARKET: market.with_columns(format=pl.lit(profile.market_format)),
        inputs.PROFILES: pl.DataFrame({"league": params.league, "json": profile.model_dump_json()}),
    }
