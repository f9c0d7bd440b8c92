"""The fantasy league around the players: rosters, auction contracts and market values."""

from datetime import date

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.curves import (
    Floats,
    age_factor,
    survival,
)
from ff_analytics.domains.fantasy.sources.sample.generator.names import FRANCHISES

LEAGUE = "dynasty_half_ppr"
PROVIDER = "sample"
CAP = 250
# Active roster of one franchise by position; 25 in all, without the team defence.
NEEDS = {"QB": 2, "RB": 5, "WR": 6, "TE": 2, "K": 1, "DL": 3, "LB": 3, "DB": 3}
OFFENCE = ("QB", "RB", "WR", "TE")
# Points per game of one unit of talent, and how much of a surplus the room pays for.
POINTS = {"K": 8.0, "DL": 6.5, "LB": 7.5, "DB": 7.5}
APPETITE = {"QB": 0.6, "K": 0.1, "DL": 0.35, "LB": 0.35, "DB": 0.3}
OVERLOOKED = 0.05
TAXI_SEATS = 3
IR_SEATS = 2
DISCOUNT = 0.8
HORIZON = 4
# Yearly salary of a rookie contract by pick in the league's own rookie draft.
ROOKIE_SCALE = ((2, 6), (4, 5), (6, 4), (8, 3), (24, 2), (60, 1))
ROOKIE_YEARS = 3
# Replacement rank and the room's appetite by position; superflex differs for passers only.
MARKETS: dict[str, dict[str, tuple[int, float]]] = {
    "1qb": {"QB": (14, 0.8), "RB": (48, 0.8), "WR": (60, 1.0), "TE": (16, 1.1)},
    "superflex": {"QB": (32, 1.5)},
}
CAP_TRADES = 4
PROSPECTS = 6
UNLISTED = 0.03


def _surplus(points: Floats, rank: int) -> Floats:
    """Points per game above the player of this rank."""
    level = np.sort(points)[::-1][min(rank, len(points)) - 1]
    return np.asarray(np.maximum(points - level, 0.0), dtype=np.float64)


def _worth(players: pl.DataFrame, name: str, rank: int) -> Floats:
    """Discounted points per game above replacement over the coming seasons."""
    points = players["talent"].to_numpy() * POINTS.get(name, 1.0)
    age = players["age"].to_numpy().astype(np.float64)
    total = np.zeros(len(points))
    chance = np.ones(len(points))
    for _ in range(HORIZON):
        total += chance * _surplus(points, rank)
        chance = chance * DISCOUNT * survival(name, age)
        age = age + 1
        points = points * age_factor(name, age)
    return total


def _snake(rng: np.random.Generator, count: int) -> list[str]:
    order = [FRANCHISES[i] for i in rng.permutation(len(FRANCHISES))]
    rounds = -(-count // len(order))
    picks = [team for number in range(rounds) for team in order[:: 1 if number % 2 == 0 else -1]]
    return picks[:count]


def _drafted(rng: np.random.Generator, players: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rostered players of a position with their franchise; a few good ones are missed."""
    mine = players.filter(pl.col("group") == name)
    worth = _worth(mine, name, len(FRANCHISES) * NEEDS[name])
    points = mine["talent"].to_numpy() * POINTS.get(name, 1.0)
    surplus = _surplus(points, len(FRANCHISES) * NEEDS[name]) * APPETITE.get(name, 1.0)
    seen = (worth + 0.05 * points) * rng.lognormal(0, 0.25, len(worth))
    seen = np.where(rng.random(len(worth)) < OVERLOOKED, 0.0, seen)
    chosen = mine.with_columns(
        seen=pl.Series(seen), price=pl.Series(surplus * rng.lognormal(0, 0.3, len(worth)))
    )
    chosen = chosen.sort("seen", "player_id", descending=[True, False])
    chosen = chosen.head(len(FRANCHISES) * NEEDS[name])
    return chosen.with_columns(
        franchise=pl.Series(_snake(rng, chosen.height)), slot=pl.lit("active")
    )


def _rookie_salary(players: pl.DataFrame, season: int) -> pl.DataFrame:
    """Rookie-scale salary per year for recent draft classes, null for all others."""
    recent = pl.col("entry") > season - ROOKIE_YEARS
    pick = pl.col("draft_pick").rank("ordinal").over("entry")
    scale = pl.lit(None, dtype=pl.Int64)
    for last, salary in reversed(ROOKIE_SCALE):
        scale = pl.when(recent & (pick <= last)).then(pl.lit(salary)).otherwise(scale)
    return players.with_columns(rookie_salary=scale)


def rosters(rng: np.random.Generator, players: pl.DataFrame, season: int) -> pl.DataFrame:
    """All players on a franchise, with slot, price weight and rookie salary if any.

    `players`: player_id, group, talent, age, entry, draft_pick, out_to of those in the league.
    """
    pool = _rookie_salary(players.filter(pl.col("group").is_in(list(NEEDS))), season)
    active = pl.concat([_drafted(rng, pool, name) for name in NEEDS])
    hurt = (pl.col("out_to") > 18) & pl.col("group").is_in(OFFENCE)
    place = hurt.cum_sum().over("franchise")
    active = active.with_columns(
        slot=pl.when(hurt & (place <= IR_SEATS)).then(pl.lit("ir")).otherwise("slot")
    )
    spare = pool.join(active, on="player_id", how="anti").filter(
        pl.col("entry") == season, pl.col("rookie_salary").is_not_null()
    )
    taxi = spare.sort("draft_pick").head(TAXI_SEATS * len(FRANCHISES))
    taxi = taxi.with_columns(
        seen=pl.lit(0.0),
        price=pl.lit(0.0),
        franchise=pl.Series(_snake(rng, taxi.height), dtype=pl.String),
        slot=pl.lit("taxi"),
    )
    return pl.concat([active, taxi.select(active.columns)]).sort("player_id")


def _salaries(rng: np.random.Generator, rostered: pl.DataFrame) -> pl.Series:
    """Whole dollars per year: rookies by scale, the rest by price within the cap."""
    salary = np.zeros(rostered.height, dtype=np.int64)
    franchise = rostered["franchise"].to_numpy()
    scale = rostered["rookie_salary"].fill_null(0).to_numpy()
    price = rostered["price"].to_numpy()
    for name in FRANCHISES:
        veterans = (franchise == name) & (scale == 0)
        rookies = int(scale[franchise == name].sum())
        purse = rng.integers(190, 236) - rookies - int(veterans.sum())
        part = price[veterans] / max(price[veterans].sum(), 1e-9)
        salary[veterans] = 1 + np.floor(purse * part).astype(np.int64)
    return pl.Series("salary", np.where(scale > 0, scale, salary))


def contracts(rng: np.random.Generator, rostered: pl.DataFrame, season: int) -> pl.DataFrame:
    """One row per player and season from `season` on; odd dollars fall in the last years."""
    count = rostered.height
    kinds = rng.choice(["faad", "fasa", "extension"], size=count, p=[0.6, 0.3, 0.1])
    years = rng.choice(np.arange(1, 6), size=count, p=[0.32, 0.27, 0.2, 0.13, 0.08])
    odd = rng.integers(0, years)
    rookie = pl.col("rookie_salary").is_not_null()
    deals = rostered.with_columns(
        _salaries(rng, rostered),
        years=pl.when(rookie).then(pl.col("entry") + ROOKIE_YEARS - season).otherwise(years),
        odd=pl.when(rookie | (pl.col("price") <= 0)).then(0).otherwise(odd),
        contract_type=pl.when(rookie).then(pl.lit("rookie")).otherwise(pl.Series(kinds)),
    )
    rows = deals.with_columns(year=pl.int_ranges(0, "years")).explode("year")
    late = pl.col("year") >= pl.col("years") - pl.col("odd")
    return rows.select(
        league=pl.lit(LEAGUE),
        player_id="player_id",
        franchise="franchise",
        season=season + pl.col("year"),
        salary=pl.col("salary") + late.cast(pl.Int64),
        contract_type="contract_type",
    ).sort("player_id", "season")


def cap_charges(rng: np.random.Generator, season: int) -> pl.DataFrame:
    """Dead cap of some earlier cuts per franchise, and cap traded between two; whole dollars."""
    rows: list[tuple[str, int, str, str, int]] = []
    for name in FRANCHISES:
        for number in range(int(rng.integers(1, 4))):
            years, dollars = int(rng.integers(1, 4)), int(rng.integers(1, 12))
            rows += [(name, season + y, "dead", f"cut {number + 1}", dollars) for y in range(years)]
    for number in range(CAP_TRADES):
        giver, taker = rng.permutation(len(FRANCHISES))[:2]
        year, dollars = season + int(rng.integers(0, 3)), int(rng.integers(5, 25))
        entry = f"trade {number + 1}"
        rows.append((FRANCHISES[giver], year, "traded", entry, -dollars))
        rows.append((FRANCHISES[taker], year, "traded", entry, dollars))
    columns = ["franchise", "season", "kind", "entry", "dollars"]
    charges = pl.DataFrame(rows, schema=columns, orient="row")
    return charges.select(pl.lit(LEAGUE).alias("league"), *columns).sort(pl.all())


def _listing(rng: np.random.Generator, players: pl.DataFrame, market: str) -> pl.Series:
    """Ids from the most to the least expensive."""
    parts = []
    for name in OFFENCE:
        rank, appetite = MARKETS[market].get(name, MARKETS["1qb"][name])
        mine = players.filter(pl.col("group") == name)
        worth = appetite * _worth(mine, name, rank) + 0.02 * mine["talent"].to_numpy()
        seen = worth * rng.lognormal(0, 0.22, len(worth))
        parts.append(mine.select("player_id").with_columns(seen=pl.Series(seen)))
    parts.append(
        pl.DataFrame(
            {
                "player_id": [f"SMP-X{number:04d}" for number in range(1, PROSPECTS + 1)],
                "seen": rng.uniform(1.0, 8.0, PROSPECTS),
            }
        )
    )
    ranked = pl.concat(parts).sort("seen", "player_id", descending=[True, False])
    return ranked["player_id"]


def market_values(rng: np.random.Generator, players: pl.DataFrame, season: int) -> pl.DataFrame:
    """Dynasty market by format, exponential in rank on a scale of 0 to 10000.

    The market sees true worth through noise. It lists prospects whom no statistics know,
    and does not list some players: a join must report both.
    """
    listed = players.filter(
        pl.Series(rng.random(players.height) >= UNLISTED), pl.col("group").is_in(OFFENCE)
    )
    tables = []
    for name in MARKETS:
        order = _listing(rng, listed, name)
        value = np.ceil(10_000 * np.exp(-0.0235 * np.arange(len(order)))).astype(np.int64)
        tables.append(
            pl.DataFrame({"player_id": order, "value": value}).select(
                provider=pl.lit(PROVIDER),
                format=pl.lit(name),
                player_id="player_id",
                value="value",
                valued_on=pl.lit(date(season + 1, 2, 15)),
            )
        )
    return pl.concat(tables).sort("format", "player_id")
