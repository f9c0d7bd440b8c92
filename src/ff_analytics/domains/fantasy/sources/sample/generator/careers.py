"""Careers: talent moves along the planted age curves, teams keep the best, the rest leave."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.curves import (
    Floats,
    age_factor,
    availability,
    survival,
)
from ff_analytics.domains.fantasy.sources.sample.generator.names import TEAMS
from ff_analytics.domains.fantasy.sources.sample.generator.people import AUGUST, GROUPS, Group

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Long enough for the ages of the first written season to have settled.
BURN_IN = 16
FREE_AGENCY = 0.12
LAST_WEEK = 18
NOWHERE = -1


@dataclass
class _State:
    """All players of one group, in or out of the league."""

    talent: Floats
    team: Ints
    active: Flags


def _best(rng: np.random.Generator, candidates: Flags, talent: Floats, seats: int) -> Flags:
    # Coaches err a little, so that the last seats are not decided by talent alone.
    seen = np.where(candidates, talent * rng.lognormal(0, 0.12, len(talent)), -1.0)
    kept = np.zeros(len(talent), dtype=bool)
    kept[np.argsort(-seen, kind="stable")[:seats]] = True
    return kept & candidates


def _seat(rng: np.random.Generator, state: _State, group: Group) -> Ints:
    """Teams of the coming season: incumbents stay, the others join the weakest team."""
    team = np.full(len(state.team), NOWHERE)
    filled = np.zeros(len(TEAMS))
    strength = rng.uniform(0, 0.05, len(TEAMS)) * state.talent[state.active].mean()
    leaves = rng.random(len(team)) < FREE_AGENCY
    ranked = [i for i in np.argsort(-state.talent, kind="stable") if state.active[i]]
    incumbents = [i for i in ranked if state.team[i] != NOWHERE and not leaves[i]]
    homeless = []
    for i in incumbents:
        home = state.team[i]
        if filled[home] < group.per_team:
            team[i] = home
            filled[home] += 1
            strength[home] += state.talent[i]
        else:
            homeless.append(i)
    known = {*incumbents} - {*homeless}
    for i in (i for i in ranked if i not in known):
        home = int(np.argmin(np.where(filled < group.per_team, strength, np.inf)))
        team[i] = home
        filled[home] += 1
        strength[home] += state.talent[i]
    return team


def _absence(rng: np.random.Generator, share: Floats) -> tuple[Ints, Ints]:
    """First and last missed week: one block per season, its length beta distributed."""
    concentration = 3.0
    likely = share.clip(0.05, 0.95)
    played = rng.beta(likely * concentration, (1 - likely) * concentration)
    missed = np.rint(np.where(share < 1, 1 - played, 0) * LAST_WEEK).astype(np.int64)
    start = 1 + (rng.random(len(share)) * (LAST_WEEK - missed + 1)).astype(np.int64)
    end = start + missed - 1
    # Who is out in the last week stays out through the play-offs.
    return start, np.where((missed > 0) & (end >= LAST_WEEK), LAST_WEEK + 4, end)


def _year(
    rng: np.random.Generator, name: str, people: pl.DataFrame, state: _State, season: int
) -> pl.DataFrame:
    """Advance `state` to `season` and return one row per player on a team."""
    group = GROUPS[name]
    age = np.floor(season + AUGUST - people["born"].to_numpy())
    stays = state.active & (rng.random(len(age)) < survival(name, age - 1))
    aged = group.log_odds(state.talent * age_factor(name, age))
    wandered = group.talent(aged + rng.normal(0, group.drift, len(age)))
    state.talent = np.where(state.active, wandered, state.talent)
    candidates = stays | (people["entry"].to_numpy() == season)
    state.active = _best(rng, candidates, state.talent, group.per_team * group.teams)
    state.team = _seat(rng, state, group)
    # A team has exactly one kicker.
    share = availability(name, age) if name != "K" else np.ones(len(age))
    out_from, out_to = _absence(rng, share)
    return (
        people.select("player", "group", "position", "style", "entry")
        .with_columns(
            season=pl.lit(season),
            age=pl.Series(age.astype(np.int64)),
            talent=pl.Series(state.talent),
            team=pl.Series(state.team).replace_strict(
                dict(enumerate(TEAMS)), default=None, return_dtype=pl.String
            ),
            out_from=pl.Series(out_from),
            out_to=pl.Series(out_to),
        )
        .filter(pl.Series(state.active))
    )


def careers(
    rng: np.random.Generator, people: pl.DataFrame, seasons: tuple[int, ...]
) -> pl.DataFrame:
    """One row per player and season on a team, with talent, depth and missed weeks."""
    years = []
    for name in GROUPS:
        mine = people.filter(pl.col("group") == name)
        size = mine.height
        state = _State(
            mine["talent"].to_numpy(), np.full(size, NOWHERE), np.zeros(size, dtype=bool)
        )
        for season in range(seasons[0] - BURN_IN, seasons[-1] + 1):
            year = _year(rng, name, mine, state, season)
            years.append(year.filter(season >= seasons[0]))
    depth = pl.col("talent").rank("ordinal", descending=True).over("season", "team", "group")
    return pl.concat(years).with_columns(depth=depth).sort("season", "player")
