"""Dynasty value of every player and pick of a league: the formulas put together."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.formulas.dynasty.composite import COMPONENTS, component, score
from ff_analytics.domains.fantasy.formulas.dynasty.dynasty import DISCOUNT
from ff_analytics.domains.fantasy.formulas.dynasty.dynasty_options import DynastyOptions
from ff_analytics.domains.fantasy.formulas.dynasty.packages import package_value, roster_spot_cost
from ff_analytics.domains.fantasy.formulas.dynasty.picks import coming_picks, pick_values
from ff_analytics.domains.fantasy.formulas.dynasty.seasons_ahead import (
    QUARTILE,
    Seasons,
    discounted,
    seasons_ahead,
)
from ff_analytics.domains.fantasy.formulas.dynasty.surplus import (
    contract_surplus,
    dollars_per_point,
    salaries,
)
from ff_analytics.domains.fantasy.formulas.dynasty.trade_bands import trade_band
from ff_analytics.domains.fantasy.formulas.value import replacement
from ff_analytics.domains.fantasy.formulas.value.market import add_market, comparable
from ff_analytics.domains.fantasy.formulas.value.options import Outlook
from ff_analytics.domains.fantasy.formulas.weeks.weeks import ranked
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.engine.base.errors import BrokenInput

Floats = NDArray[np.float64]

MODEL_VERSION = "dynasty-1"


@dataclass(frozen=True)
class Frames:
    """One league's rows: projections of one day, contracts, market values of its format."""

    projections: pl.DataFrame
    contracts: pl.DataFrame
    market: pl.DataFrame


@dataclass(frozen=True)
class Worth:
    """Points by asset (rows) and season ahead (columns); nan where picks have no such thing.

    `expected` over the last starter, `waiver` over the best free agent, `bad` what the lower
    quartile leaves, `low` and `high` the expectation one forecast error down and up.
    """

    expected: Floats
    waiver: Floats
    bad: Floats
    low: Floats
    high: Floats

    def with_picks(self, expected: Floats) -> "Worth":
        """The same with the rows of the picks below."""
        none = np.full_like(expected, np.nan)
        rest = (self.waiver, self.bad, self.low, self.high)
        return Worth(
            np.concatenate([self.expected, expected]), *(np.concatenate([p, none]) for p in rest)
        )


@dataclass(frozen=True)
class Books:
    """What contracts and market say of the assets, in their order; nan where nothing."""

    salary: Floats
    market: Floats
    dollars_per_point: float
    minimum_bid: float


def _next_season(seasons: Seasons) -> pl.DataFrame:
    """Next season's points and games by player, ranked within the position."""
    games = seasons.share[:, 0] * seasons.games
    players = seasons.players.select("player_id", "position").with_columns(
        points=pl.Series(games * seasons.middle[:, 0]), games=pl.Series(games)
    )
    return ranked(players.filter(pl.col("games") > 0))


def levels(seasons: Seasons, profile: LeagueProfile) -> tuple[pl.DataFrame, int]:
    """By position replacement_level (last starter) and waiver_level (best free agent); spots.

    Points per game of next season's projections. They stay for the seasons after it: the
    players who will be replacement then are not in the projections yet. `spots`: players
    that the rosters hold.
    """
    players = _next_season(seasons)
    starting = replacement.starters(players, profile)
    rostering = replacement.rostered(players, profile, starting)
    depth = dict(players.group_by("position").len().iter_rows())
    last = {position: min(max(n, 1), depth[position]) for position, n in starting.items()}
    free = {position: min(n + 1, depth[position]) for position, n in rostering.items()}
    waiver = replacement.replacement_levels(players, free)
    table = replacement.replacement_levels(players, last).join(
        waiver.select("position", waiver_level="replacement_level"), on="position"
    )
    return table, sum(rostering.values())


def _worth(seasons: Seasons, people: pl.DataFrame) -> Worth:
    level, waiver = (people[c].to_numpy() for c in ("replacement_level", "waiver_level"))
    return Worth(
        seasons.value(level),
        seasons.value(waiver),
        seasons.value(level, QUARTILE),
        seasons.shifted(-1.0).value(level),
        seasons.shifted(1.0).value(level),
    )


def _of_outlook(
    worth: Worth, books: Books, options: DynastyOptions, outlook: Outlook
) -> dict[str, Floats]:
    """Value, score, components and their parts with the preset's discount."""
    rate = DISCOUNT[outlook]
    later = discounted(worth.expected, rate, first=2)
    surplus = contract_surplus(
        worth.expected, books.salary, books.dollars_per_point, books.minimum_bid, rate
    )
    parts = {
        "vor": component(worth.expected[:, 0]),
        "economics": component(surplus),
        "age": component(later),
        "scarcity": component(discounted(worth.waiver, rate)),
        "variance": component(discounted(worth.bad, rate)),
        "market": component(books.market),
    }
    return {
        "dynasty_value": discounted(worth.expected, rate),
        "dynasty_value_score": score(parts, options.weights),
        "dynasty_low": discounted(worth.low, rate),
        "dynasty_high": discounted(worth.high, rate),
        "later_seasons_value": later,
        "contract_surplus": surplus,
        **{f"{name}_component": parts[name] for name in COMPONENTS},
    }


def _columns(worth: Worth, books: Books, options: DynastyOptions) -> dict[str, Floats]:
    """Everything of the chosen preset, and value and score of all of them."""
    presets = {outlook: _of_outlook(worth, books, options, outlook) for outlook in Outlook}
    columns = dict(presets[options.outlook])
    for outlook, each in presets.items():
        columns[f"value_{outlook.value}"] = each["dynasty_value"]
        columns[f"score_{outlook.value}"] = each["dynasty_value_score"]
    return columns | {
        "next_season_value": worth.expected[:, 0],
        "salary": books.salary[:, 0],
        "market_value": books.market,
    }


def _described(people: pl.DataFrame, drafts: pl.DataFrame, seasons: Seasons) -> pl.DataFrame:
    """Who the assets are: the players, then the picks."""
    players = people.select(
        "player_id",
        "player_name",
        "position",
        "team",
        "age",
        "evidence",
        "credibility",
        "replacement_level",
        asset_type=pl.lit("player"),
        points_per_game=pl.Series(seasons.middle[:, 0]),
        games_share=pl.Series(seasons.share[:, 0]),
    )
    picks = drafts.select(
        "player_id",
        "player_name",
        position=pl.lit("PICK"),
        evidence=pl.lit("draft slot"),
        asset_type=pl.lit("pick"),
    )
    return pl.concat([players, picks], how="diagonal")


def _franchises(contracts: pl.DataFrame, next_season: int) -> pl.DataFrame:
    """Holder by player under the contracts of next season, else of the one before."""
    known = set(contracts["season"].to_list())
    year = next((y for y in (next_season, next_season - 1) if y in known), None)
    held = contracts.filter(pl.col("season") == year) if year else contracts.clear()
    return held.select("player_id", "franchise")


def _add_gaps(assets: pl.DataFrame, market: pl.DataFrame, base: int) -> pl.DataFrame:
    """Add market_delta (market points), market_gap_pct, market_gap_z and trade_band of players."""
    players = assets.filter(pl.col("asset_type") == "player")
    compared = add_market(
        players.select("player_id", "dynasty_value", "dynasty_low", "dynasty_high"), market, base
    ).select("player_id", "market_gap_pct", "market_gap_z")
    joined = assets.join(compared, on="player_id", how="left", maintain_order="left")
    delta, top = pl.col("market_gap_pct") * pl.col("market_value"), pl.col("market_value").max()
    return joined.with_columns(
        market_delta=delta,
        trade_band=trade_band(pl.col("market_gap_pct"), pl.col("market_gap_z"), delta, top),
    )


def _add_ranks(assets: pl.DataFrame) -> pl.DataFrame:
    """Best score first; ties go by value, then id."""
    order = ("dynasty_value_score", "dynasty_value", "player_id")
    placed = assets.sort(order, descending=[True, True, False]).with_columns(
        overall_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    )
    return placed.with_columns(
        position_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("position")
    )


def _add_packages(assets: pl.DataFrame, spots: int) -> pl.DataFrame:
    """Add roster_spot_cost (the same for all) and package_value; a pick fills no spot yet."""
    values = assets["dynasty_value"].to_numpy()
    is_player = (assets["asset_type"] == "player").to_numpy()
    cost = roster_spot_cost(values[is_player], spots)
    best = float(values.max(initial=0.0))
    spot = np.where(is_player, cost, 0.0)
    return assets.with_columns(
        roster_spot_cost=pl.lit(cost), package_value=pl.Series(package_value(values, best, spot))
    )


def _books(
    ids: pl.Series, worth: Worth, frames: Frames, profile: LeagueProfile, base: int
) -> Books:
    listed = pl.DataFrame({"player_id": ids}).join(
        comparable(frames.market, base), on="player_id", how="left", maintain_order="left"
    )
    return Books(
        salaries(frames.contracts, ids, base + 1, worth.expected.shape[1]),
        listed["value"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        dollars_per_point(worth.expected[:, 0], profile),
        float(profile.minimum_bid),
    )


def value_assets(frames: Frames, profile: LeagueProfile, options: DynastyOptions) -> pl.DataFrame:
    """Every column of the contract but the run's own, one row per player and pick.

    Raises `BrokenInput` when no projected position starts in the league.
    """
    fitting = frames.projections.filter(pl.col("position").is_in(profile.positions))
    if fitting.is_empty():
        raise BrokenInput(
            f"The projections of {profile.name} have no player at a position that it starts "
            f"({', '.join(profile.positions)}). Check its slots, then run analytics/projections."
        )
    # One week of a season is the bye.
    seasons = seasons_ahead(fitting, max(profile.weeks - 1, 1))
    table, spots = levels(seasons, profile)
    people = seasons.players.join(table, on="position", how="left", maintain_order="left")
    base = int(people["base_season"][0])
    drafts = coming_picks(base + 1, profile.teams, options.pick_rounds, options.pick_seasons)
    of_players = _worth(seasons, people)
    worth = of_players.with_picks(
        pick_values(
            drafts,
            of_players.expected[:, 0],
            profile.teams,
            of_players.expected.shape[1],
            options.pick_optimism,
        )
    )
    assets = _described(people, drafts, seasons)
    books = _books(assets["player_id"], of_players, frames, profile, base)
    assets = assets.with_columns(
        pl.Series(name, values, nan_to_null=True)
        for name, values in _columns(worth, books, options).items()
    ).join(
        _franchises(frames.contracts, base + 1), on="player_id", how="left", maintain_order="left"
    )
    assets = _add_packages(_add_ranks(_add_gaps(assets, frames.market, base)), spots)
    return assets.with_columns(
        league=pl.lit(profile.name),
        base_season=pl.lit(base, dtype=pl.Int32),
        outlook=pl.lit(options.outlook.value),
        model_version=pl.lit(MODEL_VERSION),
    )
