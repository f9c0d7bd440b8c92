"""Small release folders in the layouts of the provider's vintages, with invented players."""

from pathlib import Path

import polars as pl

STATS = ("attempts", "carries", "targets", "receptions", "receiving_yards", "receiving_tds")


def season_frame(season: int, players: int = 20, weeks: int = 3) -> pl.DataFrame:
    """player_id x week rows of the current layout, integers where the provider has integers."""
    rows = [
        {
            "player_id": f"00-00{number:05d}",
            "player_name": f"P.{number}",
            "player_display_name": f"Player {number}",
            "position": ("QB", "RB", "WR", "TE")[number % 4],
            "team": "AAA",
            "opponent_team": "BBB",
            "season": season,
            "week": week,
            "season_type": "REG",
            **dict.fromkeys(STATS, (number + week) % 9),
            "fantasy_points": 1.5 * number,
            "fantasy_points_ppr": 2.5 * number,
        }
        for week in range(1, weeks + 1)
        for number in range(players)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("season", "week", *STATS).cast(pl.Int32))


def old_layout(frame: pl.DataFrame) -> pl.DataFrame:
    """The layout before the 2025 releases: old names, floats, a column since dropped."""
    return frame.rename({"team": "recent_team"}).with_columns(
        pl.col(*STATS).cast(pl.Float64),
        interceptions=pl.lit(1.0),
        sacks=pl.lit(2.0),
        sack_yards=pl.lit(-9.0),
        dakota=pl.lit(0.1),
    )


def players_frame(players: int = 20) -> pl.DataFrame:
    """One row per invented player."""
    return pl.DataFrame(
        {
            "gsis_id": [f"00-00{number:05d}" for number in range(players)],
            "display_name": [f"Player {number}" for number in range(players)],
            "position": ["WR"] * players,
            "birth_date": ["1999-05-17"] * players,
            "height": [72] * players,
            "espn_id": [float(number) for number in range(players)],
        }
    )


def schedule_frame(season: int) -> pl.DataFrame:
    """Two games: one played, one to come."""
    return pl.DataFrame(
        {
            "game_id": [f"{season}_01_BBB_AAA", f"{season}_02_AAA_BBB"],
            "season": [season] * 2,
            "game_type": ["REG"] * 2,
            "week": [1, 2],
            "gameday": [f"{season}-09-10", f"{season}-09-17"],
            "home_team": ["AAA", "BBB"],
            "away_team": ["BBB", "AAA"],
            "home_score": [21.0, None],
            "away_score": [17.0, None],
            "spread_line": [3.5, -2.0],
        }
    )


def season_file(folder: Path, season: int) -> Path:
    """Where a season's file is below a release folder."""
    return folder / "stats_player" / f"stats_player_week_{season}.parquet"


def write_season(folder: Path, season: int, frame: pl.DataFrame) -> None:
    """Replace a season's file, as a new release does."""
    target = season_file(folder, season)
    target.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(target)


def write_release(folder: Path, *seasons: int) -> Path:
    """A whole release folder of small files; returns it."""
    for season in seasons:
        write_season(folder, season, season_frame(season))
    for name, frame in (("players/players", players_frame()), ("schedules/games", None)):
        target = folder / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        (schedule_frame(seasons[-1]) if frame is None else frame).write_parquet(target)
    return folder
