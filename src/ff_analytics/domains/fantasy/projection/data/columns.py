"""What projections and back-test read of `marts.mrt_player_season`. Light: products name it."""

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.engine.products.product import MartInput

LABELS = ("player_id", "display_name", "team")
HISTORY = (
    *LABELS,
    "season",
    "position",
    "weeks",
    "games",
    "birth_date",
    "rookie_season",
    "draft_pick",
    "late_touches",
    *CATEGORIES,
)
HISTORY_UPSTREAM = ("raw_nflverse.player_week", "raw_nflverse.players", "raw_nflverse.schedules")
# Weeks after which a season can be the base of projections: half of it.
ENOUGH_WEEKS = 8
DRAFTED = (
    "player_id",
    "display_name",
    "position",
    "birth_date",
    "draft_year",
    "draft_pick",
    "current_team",
)
# Rankings from before the seasons; without any the projections rest on history alone.
RANKINGS_INPUT = MartInput(
    mart="marts.mrt_preseason_ranking",
    columns=("season", "position", "player_id", "position_rank"),
    upstream=("raw_rankings.listings",),
    allow_empty=True,
)
