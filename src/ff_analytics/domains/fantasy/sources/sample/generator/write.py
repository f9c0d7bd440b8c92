"""Writes the sample league's files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from ff_analytics.domains.fantasy.sources.sample.generator.careers import BURN_IN, careers
from ff_analytics.domains.fantasy.sources.sample.generator.games.weekly import play_seasons
from ff_analytics.domains.fantasy.sources.sample.generator.identity import identities
from ff_analytics.domains.fantasy.sources.sample.generator.layout import PLAYERS, WEEK, conform
from ff_analytics.domains.fantasy.sources.sample.generator.league import (
    LEAGUE,
    cap_charges,
    contracts,
    market_values,
    rosters,
)
from ff_analytics.domains.fantasy.sources.sample.generator.people import rookie_classes
from ff_analytics.domains.fantasy.sources.sample.generator.schedule import gameday
from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.errors import ConfigError

SEASONS = tuple(range(2020, 2026))
PLAYERS_FILE = Path("nflverse/players/players.parquet")
WEEKS_FOLDER = Path("nflverse/stats_player")
DUPLICATED_SEASONS = 2


class SampleSummary(BaseModel):
    """What was written. `players` counts distinct players with at least one weekly row."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    seed: int
    seasons: tuple[int, ...]
    players: int
    players_by_position_group: dict[str, int]
    player_weeks: int
    games: int
    rostered: int
    contracts: int
    market_values: int
    files: tuple[Path, ...]


def _check(folder: Path, seasons: Sequence[int]) -> tuple[int, ...]:
    years = tuple(seasons)
    if not years or years != tuple(range(years[0], years[0] + len(years))):
        raise ConfigError(
            f"The sample league needs consecutive seasons in ascending order, got {list(years)}; "
            "give for example range(2020, 2026)."
        )
    players = folder / PLAYERS_FILE
    if players.exists() and not _is_sample(players):
        raise ConfigError(
            f"{players} holds other players than the sample's; the sample league would "
            "overwrite them. Give another folder."
        )
    return years


def _is_sample(path: Path) -> bool:
    try:
        ids = pl.read_parquet(path, columns=["gsis_id"])["gsis_id"]
    except (pl.exceptions.PolarsError, OSError):
        return False
    return bool(ids.str.starts_with("SMP-").all())


def _named(lines: pl.DataFrame, players: pl.DataFrame) -> pl.DataFrame:
    """Weekly lines with the players' ids, names and positions."""
    known = players.select(
        player_number=pl.col("player").cast(pl.String),
        player_id="gsis_id",
        player_name="short_name",
        player_display_name="display_name",
        position="position",
        position_group="position_group",
    )
    bare = lines.rename({"player_id": "player_number"}).drop(
        "player_name", "player_display_name", "position", "position_group"
    )
    named = conform(bare.join(known, on="player_number"), WEEK)
    return named.sort("season", "player_id", "week")


def _team_rows(rng: np.random.Generator, year: pl.DataFrame) -> pl.DataFrame:
    """One row per week that belongs to a team, not a player, as the provider delivers."""
    games = year.group_by("season", "week", "season_type", maintain_order=True).agg(
        pl.col("team", "opponent_team").first()
    )
    penalties = rng.integers(4, 16, games.height)
    return conform(
        games.with_columns(penalties=pl.Series(penalties), penalty_yards=pl.Series(penalties * 5)),
        WEEK,
    ).sort("week")


def _weeks(
    rng: np.random.Generator, lines: pl.DataFrame, seasons: tuple[int, ...]
) -> dict[Path, pl.DataFrame]:
    files = {}
    for number, season in enumerate(seasons):
        year = lines.filter(pl.col("season") == season)
        parts = [year, _team_rows(rng, year)]
        if number < DUPLICATED_SEASONS:
            twice = sorted(rng.choice(year.height, size=2, replace=False))
            parts.append(year[twice])
        files[WEEKS_FOLDER / f"stats_player_week_{season}.parquet"] = pl.concat(parts)
    return files


def _schedule(results: pl.DataFrame) -> pl.DataFrame:
    ordered = results.sort("season", "week", "home")
    days = [gameday(s, w).isoformat() for s, w in ordered.select("season", "week").iter_rows()]
    return ordered.select(
        pl.format(
            "{}_{}_{}_{}", "season", pl.col("week").cast(pl.String).str.zfill(2), "away", "home"
        ).alias("game_id"),
        "season",
        "game_type",
        "week",
        pl.Series("gameday", days),
        pl.lit("Sunday").alias("weekday"),
        pl.col("away").alias("away_team"),
        pl.col("away_score").cast(pl.Int32),
        pl.col("home").alias("home_team"),
        pl.col("home_score").cast(pl.Int32),
        (pl.col("home_score") - pl.col("away_score")).cast(pl.Int32).alias("result"),
        (pl.col("home_score") + pl.col("away_score")).cast(pl.Int32).alias("total"),
    )


def _league(
    rng: np.random.Generator, seats: pl.DataFrame, players: pl.DataFrame, season: int
) -> dict[Path, pl.DataFrame]:
    present = (
        seats.filter(pl.col("season") == season)
        .select("player", "talent", "age", "entry", "out_to")
        .join(
            players.select("player", "group", "draft_pick", player_id="gsis_id"),
            on="player",
        )
        .sort("player_id")
    )
    rostered = rosters(rng, present, season)
    return {
        Path("league/rosters.csv"): rostered.select(
            pl.lit(LEAGUE).alias("league"), "player_id", "franchise", "slot"
        ),
        Path("league/contracts.csv"): contracts(rng, rostered, season),
        Path("league/market_values.csv"): market_values(rng, present, season),
        # Last, so that what stood here before keeps its random numbers.
        Path("league/cap_charges.csv"): cap_charges(rng, season),
    }


def _publish(folder: Path, files: dict[Path, pl.DataFrame]) -> None:
    for stale in (folder / WEEKS_FOLDER).glob("stats_player_week_*.parquet"):
        if stale.relative_to(folder) not in files:
            stale.unlink()
    for name, frame in files.items():
        path = folder / name
        # A killed run must not leave half a file that the next one takes for foreign data.
        with replacing(path) as part:
            if path.suffix == ".csv":
                frame.write_csv(part)
            else:
                frame.write_parquet(part, compression="zstd", compression_level=6)


def write_league(folder: Path, seed: int = 2026, seasons: Sequence[int] = SEASONS) -> SampleSummary:
    """Write the synthetic league below `folder`; the same seed gives the same bytes.

    Writes nflverse/{stats_player,players,schedules}/*.parquet in the provider's layout and
    league/{rosters,contracts,cap_charges,market_values}.csv. `ConfigError` if the seasons have
    gaps or the folder holds other data.
    """
    years = _check(folder, seasons)
    rng = np.random.Generator(np.random.PCG64(seed))
    people = rookie_classes(rng, range(years[0] - BURN_IN, years[-1] + 1))
    seats = careers(rng, people, years)
    players = identities(rng, people, seats)
    lines, results = play_seasons(rng, years, seats)
    lines = _named(lines, players)
    files = _weeks(rng, lines, years)
    files[PLAYERS_FILE] = players.select(list(PLAYERS))
    files[Path("nflverse/schedules/games.parquet")] = _schedule(results)
    league = _league(rng, seats, players, years[-1])
    _publish(folder, files | league)
    seen = lines.unique("player_id")
    return SampleSummary(
        folder=folder,
        seed=seed,
        seasons=years,
        players=seen.height,
        players_by_position_group=dict(
            seen.group_by("position_group").len().sort("position_group").iter_rows()
        ),
        player_weeks=lines.height,
        games=results.height,
        rostered=league[Path("league/rosters.csv")].height,
        contracts=league[Path("league/contracts.csv")].height,
        market_values=league[Path("league/market_values.csv")].height,
        files=tuple(sorted(folder / name for name in files | league)),
    )
