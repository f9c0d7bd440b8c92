"""The valuation as a hand-written script for one league: DuckDB SQL, then Polars.

No settings, no products, no contracts, no league profile: the rules of the league are hard-coded
below. It computes the core columns of the product's output (not dynasty value, mixture tiers
and market gap). `python -m benchmarks.scale.scale_script CATALOG FILES TARGET EXTENSIONS`.
"""

import json
import resource
import sys
from time import perf_counter

import duckdb
import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.formulas.normal import ndtr

TEAMS, BUDGET, SEASON, WEEKS = 12, 250, 2019, 17
STARTING = {"QB": 1, "RB": 2, "WR": 2, "TE": 1, "K": 1, "DL": 2, "LB": 2, "DB": 2}
FLEX, IDP = ("RB", "WR", "TE"), ("DL", "LB", "DB")
# The team defence is in the roster though no player has that position.
ROSTER = sum(STARTING.values()) + 1 + 1 + 1 + 7 + 2
RATIOS = {
    "QB": (0.48, 0.99, 1.53),
    "RB": (0.34, 0.92, 1.76),
    "WR": (0.30, 0.92, 1.79),
    "TE": (0.30, 0.93, 1.80),
    "K": (0.33, 0.96, 1.78),
    "DL": (0.22, 0.86, 1.98),
    "LB": (0.32, 0.89, 1.85),
    "DB": (0.24, 0.81, 2.06),
}
c = pl.col

MART = f"""FROM marts.mrt_fantasy_actuals_weekly WHERE league = 'dynasty_half_ppr'
    AND season_type = 'REG' AND season = {SEASON} AND week <= {WEEKS}"""
PLAYERS = f"""
SELECT player_id, arg_max(position, week) AS position, arg_max(display_name, week) AS player_name,
    arg_max(team, week) AS team, round(sum(fantasy_points), 6) AS points,
    (count(*) FILTER (games_played > 0))::INTEGER AS games,
    stddev_samp(fantasy_points) FILTER (games_played > 0) AS weekly_sd,
    quantile_cont(fantasy_points, [0.1, 0.5, 0.9]) FILTER (games_played > 0) AS own
{MART} GROUP BY player_id HAVING games > 0"""
PLAYED = f"SELECT player_id, fantasy_points {MART} AND games_played > 0"
CONTRACTS = f"""SELECT player_id, franchise, salary FROM marts.mrt_contract_current
    WHERE league = 'dynasty_half_ppr' AND season = {SEASON}"""


def starters(players: pl.DataFrame) -> dict[str, int]:
    """Fixed slots first, then the best of the others in each of the two flex slots."""
    count = {p: n * TEAMS for p, n in STARTING.items()}
    fixed = c("position").replace_strict(count, return_dtype=pl.Int64)
    rest = players.filter(c("position_rank") > fixed).sort(
        "points", "player_id", descending=[True, False]
    )
    for group in (FLEX, IDP):
        for position in rest.filter(c("position").is_in(group))["position"].head(TEAMS):
            count[position] += 1
    return count


def rostered(players: pl.DataFrame, starting: dict[str, int]) -> dict[str, int]:
    """Benches take the players closest to the last starter; two places are for defenders."""
    starts = c("position").replace_strict(starting, return_dtype=pl.Int64)
    last = players.filter(c("position_rank") == starts).select("position", starter="points")
    spare = (
        players.filter(c("position_rank") > starts, c("position") != "K")
        .join(last, on="position")
        .with_columns(surplus=c("points") - c("starter"))
        .sort("surplus", "player_id", descending=[True, False])
        .head(2000)
    )
    total, free, free_offence = dict(starting), 9 * TEAMS, 7 * TEAMS
    for position in spare["position"]:
        if free and (position in IDP or free_offence):
            total[position] += 1
            free -= 1
            free_offence -= position not in IDP
    return total


def at_rank(players: pl.DataFrame, ranks: dict[str, int], name: str) -> pl.DataFrame:
    rank = c("position").replace_strict(ranks, return_dtype=pl.Int64)
    return players.filter(c("position_rank") == rank).select("position", c("points").alias(name))


def with_levels(players: pl.DataFrame, played: pl.DataFrame) -> pl.DataFrame:
    """Join each position's starters, replacement player, waiver player and starter's week."""
    starting = starters(players)
    holding = rostered(players, starting)
    rank = c("position").replace_strict(starting, return_dtype=pl.Int64)
    level = (
        players.filter((c("position_rank") - rank).abs() <= 2)
        .group_by("position")
        .agg(replacement_level=c("points").sum() / c("games").sum())
    )
    weeks = players.filter(c("position_rank") <= rank).join(played, on="player_id")
    slot = weeks.group_by("position").agg(
        slot_mean=c("fantasy_points").mean().round(6),
        slot_sd=c("fantasy_points").std(ddof=0).round(6),
    )
    table = (
        at_rank(players, starting, "replacement_points")
        .join(at_rank(players, {p: n + 1 for p, n in holding.items()}, "waiver"), on="position")
        .join(level, on="position")
        .join(slot, on="position")
        .with_columns(starters=c("position").replace_strict(starting, return_dtype=pl.Int64))
    )
    variance = c("slot_sd") ** 2
    team = (c("starters") / TEAMS * variance).sum()
    table = table.with_columns(spread=pl.max_horizontal(2 * team - variance, team).sqrt())
    return players.join(table, on="position")


def with_vor(players: pl.DataFrame) -> pl.DataFrame:
    """Value over replacement, drop-off to the next five, slope, scarcity, overall rank."""
    following = pl.len().over("position") - c("position_rank")
    ahead = pl.min_horizontal(following, 5)
    total = c("points").cum_sum().over("position")
    window = [total.shift(-k).over("position") for k in range(1, 6)]
    end = [c("points").shift(-k).over("position") for k in range(1, 6)]
    players = players.with_columns(
        vor=c("points") - c("replacement_points"),
        vorp=c("points") - c("waiver"),
        scarcity_dropoff=c("points") - (pl.coalesce(window[::-1]) - total) / ahead,
        vor_slope=(pl.coalesce(end[::-1]) - c("points")) / ahead,
    )
    lead = (
        players.filter(c("position_rank") <= c("starters"))
        .group_by("position")
        .agg(lead=c("vor").clip(0).mean())
        .with_columns(positional_scarcity_adjustment=c("lead") / c("lead").mean())
    )
    return (
        players.join(lead, on="position")
        .sort("vor", "points", "player_id", descending=[True, True, False])
        .with_row_index("overall_rank", offset=1)
    )


def with_war(players: pl.DataFrame, played: pl.DataFrame) -> pl.DataFrame:
    """Chances to win a match-up, week by week, against those of the replacement player."""
    weeks = played.join(
        players.select("player_id", "slot_mean", "spread", "replacement_level"), on="player_id"
    )
    x, mean, spread, level = (
        weeks[name].to_numpy()
        for name in ("fantasy_points", "slot_mean", "spread", "replacement_level")
    )
    wins = ndtr((x - mean) / spread) - ndtr((level - mean) / spread)
    war = weeks.select("player_id", war=wins).group_by("player_id").agg(c("war").sum().round(9))
    return players.join(war, on="player_id")


def with_dollars(players: pl.DataFrame) -> pl.DataFrame:
    """Whole dollars by points above the waiver wire, largest remainders rounded up."""
    bought = players.sort("vorp", "points", "player_id", descending=[True, True, False]).head(
        TEAMS * ROSTER
    )
    weight = bought["vorp"].clip(0).to_numpy()
    exact = (TEAMS * BUDGET - bought.height) * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    up = np.argsort(whole - exact, kind="stable")[: TEAMS * BUDGET - bought.height - whole.sum()]
    whole[up] += 1
    prices = bought.select("player_id", auction_value=pl.Series(whole + 1))
    return players.join(prices, on="player_id", how="left").with_columns(
        c("auction_value").fill_null(0)
    )


def with_tiers_and_range(players: pl.DataFrame) -> pl.DataFrame:
    """Drop-off tiers in units of a starter's sampling error; P10, P50, P90 of a week."""
    error = (
        players.filter(c("position_rank") <= c("starters"))
        .group_by("position")
        .agg(unit=(c("weekly_sd") * c("games").sqrt()).median())
    )
    weight = c("games") / (c("games") + 48)
    step = ((c("points").max().over("position") - c("points")) / c("unit")).round(9).floor()
    ppg = c("points") / c("games")
    quantiles = {
        name: weight * c("own").list.get(i)
        + (1 - weight)
        * ppg
        * c("position").replace_strict(
            {p: r[i] for p, r in RATIOS.items()}, return_dtype=pl.Float64
        )
        for i, name in enumerate(("p10", "p50", "p90"))
    }
    return players.join(error, on="position").with_columns(
        ppg=ppg, tier=step.rank("dense").over("position"), **quantiles
    )


def value(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    played = con.execute(PLAYED).pl()
    players = (
        con.execute(PLAYERS)
        .pl()
        .filter(c("position").is_in(list(STARTING)))
        .sort("position", "points", "player_id", descending=[False, True, False])
        .with_columns(position_rank=pl.int_range(1, pl.len() + 1).over("position"))
    )
    players = with_war(with_vor(with_levels(players, played)), played)
    players = with_tiers_and_range(with_dollars(players))
    return players.join(con.execute(CONTRACTS).pl(), on="player_id", how="left").drop("own")


def main(catalog: str, files: str, target: str, extensions: str) -> None:
    started = perf_counter()
    con = duckdb.connect(config={"extension_directory": extensions})
    con.execute("LOAD ducklake; LOAD sqlite_scanner")
    con.execute(f"ATTACH 'ducklake:{catalog}' AS lake (DATA_PATH '{files}', READ_ONLY); USE lake")
    valued = value(con)
    valued.write_parquet(target)
    seconds = perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "rows": valued.height}))


if __name__ == "__main__":
    main(*sys.argv[1:])
