"""An invented history of one position with a known age curve, as `marts.mrt_player_season`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.projection.data.columns import DRAFTED, HISTORY

PEAK = 26
DECLINE = 0.05
_DRAFT: dict[str, Any] = {
    "player_id": pl.String,
    "display_name": pl.String,
    "position": pl.String,
    "birth_date": pl.Date,
    "draft_year": pl.Int32,
    "draft_pick": pl.Int32,
    "current_team": pl.String,
}


def curve(age: float) -> float:
    """The planted age curve: 5 % lost for every year from the peak."""
    return 1 - DECLINE * abs(age - PEAK)


def row(player: str, season: int, ppg: float, **given: Any) -> dict[str, Any]:
    """A player-season of a receiver who only gains yards, 10 of them a point."""
    games = given.get("games", 16)
    made = {
        "player_id": player,
        "display_name": player.title(),
        "team": "KC",
        "season": season,
        "position": "WR",
        "weeks": 17,
        "games": games,
        "birth_date": date(season - PEAK, 9, 1),
        "rookie_season": season,
        "draft_pick": 50,
        "late_touches": 8.0,
        "targets": 8.0 * games,
        "receiving_yards": ppg * 10 * games,
    }
    return made | given


def frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows with every column of the mart; categories that are not given are 0."""
    made = pl.DataFrame(list(rows), infer_schema_length=None)
    absent = [c for c in CATEGORIES if c not in made.columns]
    return made.with_columns(pl.lit(0.0).alias(c) for c in absent).select(HISTORY)


def league(seasons: range = range(2001, 2016), players: int = 24, seed: int = 3) -> pl.DataFrame:
    """So many receivers enter each year at 22 and leave at 32; talent times the curve, and luck."""
    rng = np.random.default_rng(seed)
    rows = []
    for entry in range(seasons.start - 9, seasons.stop):
        talent = rng.gamma(6, 1.8, players)
        for number in range(players):
            for season in range(max(entry, seasons.start), min(entry + 10, seasons.stop)):
                age = 22 + season - entry
                if rng.random() < 0.15:
                    continue
                luck = rng.normal(0, 1.5)
                rows.append(
                    row(
                        f"wr-{entry}-{number}",
                        season,
                        max(talent[number] * curve(age) + luck, 0.2),
                        birth_date=date(entry - 22, 9, 1),
                        rookie_season=entry,
                        draft_pick=int(np.clip(200 - 12 * talent[number], 1, 250)),
                    )
                )
    return frame(rows)


def nobody() -> pl.DataFrame:
    """No drafted player."""
    return pl.DataFrame(schema={name: _DRAFT[name] for name in DRAFTED})
