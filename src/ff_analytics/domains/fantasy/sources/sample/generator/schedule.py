"""The season's games: 17 per team in 18 weeks, a bye each, then three rounds and a final."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.names import TEAMS

GAMES_PER_TEAM = 17
WEEKS = 18
FIRST_BYE_WEEK = 6
BYES_PER_WEEK = 4
ROUNDS = ("WC", "DIV", "CON", "SB")
SEEDS = 7

Game = tuple[int, int, str, str, str]  # season, week, game type, home, away


def _pair(
    rng: np.random.Generator, teams: list[str], met: set[frozenset[str]]
) -> list[tuple[str, str]]:
    """A random pairing of `teams` without a repeated opponent."""
    while True:
        rest = [teams[i] for i in rng.permutation(len(teams))]
        pairs: list[tuple[str, str]] = []
        while rest:
            one = rest.pop()
            other = next((t for t in rest if frozenset((one, t)) not in met), None)
            if other is None:
                break
            rest.remove(other)
            pairs.append((one, other))
        else:
            return pairs


def regular_season(rng: np.random.Generator, season: int) -> list[Game]:
    """272 games; no pair meets twice and home games are as even as possible."""
    order = [list(TEAMS)[i] for i in rng.permutation(len(TEAMS))]
    byes = {
        FIRST_BYE_WEEK + k: set(order[k * BYES_PER_WEEK : (k + 1) * BYES_PER_WEEK])
        for k in range(len(TEAMS) // BYES_PER_WEEK)
    }
    met: set[frozenset[str]] = set()
    at_home = dict.fromkeys(TEAMS, 0)
    games: list[Game] = []
    for week in range(1, WEEKS + 1):
        playing = [team for team in TEAMS if team not in byes.get(week, set())]
        for one, other in _pair(rng, playing, met):
            home, away = (one, other) if at_home[one] <= at_home[other] else (other, one)
            at_home[home] += 1
            met.add(frozenset((one, other)))
            games.append((season, week, "REG", home, away))
    return games


def seeds(results: pl.DataFrame) -> dict[tuple[int, int], list[str]]:
    """The best seven teams of either conference, by wins, then points, per season."""
    margin = pl.col("home_score") - pl.col("away_score")
    sides = pl.concat(
        [
            results.select("season", team=pl.col("home"), margin=margin),
            results.select("season", team=pl.col("away"), margin=-margin),
        ]
    )
    conference = pl.col("team").replace_strict(
        {team: int(i >= len(TEAMS) // 2) for i, team in enumerate(TEAMS)}, return_dtype=pl.Int64
    )
    table = (
        sides.group_by("season", "team")
        .agg(wins=(pl.col("margin") > 0).sum(), margin=pl.col("margin").sum())
        .with_columns(conference=conference)
        .sort("season", "wins", "margin", "team", descending=[False, True, True, False])
    )
    field: dict[tuple[int, int], list[str]] = {}
    for season, team, conf in table.select("season", "team", "conference").iter_rows():
        field.setdefault((season, conf), []).append(team)
    return {key: teams[:SEEDS] for key, teams in field.items()}


def next_round(field: dict[tuple[int, int], list[str]], number: int) -> list[Game]:
    """Games of play-off round 0..3; the best seed waits when the number of teams is odd."""
    week, kind = WEEKS + 1 + number, ROUNDS[number]
    games: list[Game] = []
    if kind == "SB":
        seasons = sorted({season for season, _ in field})
        return [(s, week, kind, field[s, 0][0], field[s, 1][0]) for s in seasons]
    for (season, _), teams in sorted(field.items()):
        playing = teams[len(teams) % 2 :]
        half = len(playing) // 2
        pairs = zip(playing[:half], reversed(playing[half:]), strict=True)
        games += [(season, week, kind, home, away) for home, away in pairs]
    return games


def drop_losers(field: dict[tuple[int, int], list[str]], results: pl.DataFrame) -> None:
    """Take the losers of a round out of `field`."""
    lost = {
        (season, away if home_score > away_score else home)
        for season, home, away, home_score, away_score in results.select(
            "season", "home", "away", "home_score", "away_score"
        ).iter_rows()
    }
    for (season, _), teams in field.items():
        teams[:] = [team for team in teams if (season, team) not in lost]


def gameday(season: int, week: int) -> date:
    """The Sunday of a week; week 1 is the first Sunday after the first Monday of September."""
    september = date(season, 9, 1)
    monday = september + timedelta(days=-september.weekday() % 7)
    return monday + timedelta(days=6 + 7 * (week - 1))


def games_frame(games: Iterable[Game]) -> pl.DataFrame:
    """Games as a frame, in a fixed order."""
    columns = {
        "season": pl.Int32,
        "week": pl.Int32,
        "game_type": pl.String,
        "home": pl.String,
        "away": pl.String,
    }
    return pl.DataFrame(list(games), schema=columns, orient="row").sort("season", "week", "home")
