"""What weekly projections and their back-test read. Light: products name it."""

from collections.abc import Callable
from typing import Any

from ff_analytics.engine.products.product import MartInput

Where = Callable[[Any], tuple[str, list[Any]]]
_GAMES = ("raw_nflverse.player_week", "raw_nflverse.players", "raw_nflverse.schedules")


def week_inputs(
    league: Where, seasons: Where | None = None, *, allow_empty: bool = False
) -> tuple[MartInput, ...]:
    """The marts of `features`: games of a league, touches, players, and optional facts."""
    return (
        MartInput(
            mart="marts.mrt_fantasy_actuals_weekly",
            columns=(
                *("player_id", "season", "week", "position", "team", "opponent_team"),
                *("fantasy_points", "games_played"),
            ),
            upstream=(*_GAMES, "raw_league.scoring_rules"),
            where=league,
            allow_empty=allow_empty,
        ),
        MartInput(
            mart="core.fct_player_week",
            columns=("player_id", "season", "week", "attempts", "carries", "targets"),
            upstream=_GAMES,
            where=seasons,
            allow_empty=allow_empty,
        ),
        MartInput(
            mart="marts.mrt_team_week",
            columns=(
                *("season", "week", "gameday", "team", "opponent_team", "home", "score"),
                "implied_points",
            ),
            upstream=("raw_nflverse.schedules",),
            where=seasons,
            allow_empty=True,
        ),
        MartInput(
            mart="marts.mrt_weekly_ranking",
            columns=("season", "week", "position", "player_id", "position_rank", "average"),
            upstream=("raw_rankings.listings",),
            where=seasons,
            allow_empty=True,
        ),
        MartInput(
            mart="marts.mrt_injury_report",
            columns=("season", "week", "player_id", "report_status"),
            upstream=("raw_nflverse.injuries",),
            where=seasons,
            allow_empty=True,
        ),
    )
