"""The rows of a projection report: players with their seasons to come."""

from dataclasses import dataclass

import polars as pl

from ff_analytics.domains.fantasy.report.positions import css, sort_key
from ff_analytics.engine.report.numbers import short_name


@dataclass(frozen=True)
class Season:
    """One projected season of a player."""

    season: int
    per_game: float
    low: float
    middle: float
    high: float
    share: float
    survival: float
    total: float
    age: float | None
    age_factor: float
    opportunity_factor: float


@dataclass(frozen=True)
class Player:
    """A player with his seasons in order."""

    player_name: str
    position: str
    team: str | None
    evidence: str
    data_share: float
    seasons: tuple[Season, ...]

    @property
    def css(self) -> str:
        return css(self.position)

    @property
    def short(self) -> str:
        return self.player_name if self.position == "DST" else short_name(self.player_name)

    @property
    def next(self) -> Season:
        return self.seasons[0]

    @property
    def total(self) -> float:
        return sum(season.total for season in self.seasons)


@dataclass(frozen=True)
class Outlook:
    """A league's players, most points next season first."""

    league: str
    base_season: int
    model: str
    players: tuple[Player, ...]

    @property
    def positions(self) -> list[str]:
        return sorted({player.position for player in self.players}, key=sort_key)


def _season(row: dict[str, object]) -> Season:
    columns = {
        "season": "projection_season",
        "per_game": "points_per_game",
        "low": "points_per_game_p10",
        "middle": "points_per_game_p50",
        "high": "points_per_game_p90",
        "share": "games_share",
        "survival": "survival",
        "total": "total_points",
        "age": "age",
        "age_factor": "age_factor",
        "opportunity_factor": "opportunity_factor",
    }
    return Season(**{field: row[column] for field, column in columns.items()})  # type: ignore[arg-type]


def read(frame: pl.DataFrame, league: str | None = None) -> Outlook:
    """One league of a frame of the contract `MultiYearProjection`; by default its first."""
    rows = frame.filter(pl.col("league") == (league or frame["league"].first()))
    players = []
    for group in rows.sort("player_id", "horizon").partition_by("player_id", maintain_order=True):
        seasons = group.to_dicts()
        first = seasons[0]
        players.append(
            Player(
                player_name=first["player_name"],
                position=first["position"],
                team=first["team"],
                evidence=first["evidence"],
                data_share=first["data_share"],
                seasons=tuple(_season(row) for row in seasons),
            )
        )
    players.sort(key=lambda player: -player.next.total)
    base = rows["base_season"].first()
    # Where only some have a ranking, the rung that uses it names the run.
    models = rows["model"].unique().sort()
    model = "market" if "market" in models else models.first()
    return Outlook(
        str(league or rows["league"].first()), int(str(base)), str(model), tuple(players)
    )
