"""Sleeper's read-only API with one invented league, as docs.sleeper.com describes it.

Null where the real one has null: a manager without metadata, a roster without owner, players,
reserve and taxi, an empty slot as "0", a blank before a gsis id.
"""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults

LEAGUE_ID = "987654321000000001"
LEAGUE: dict[str, Any] = {
    "name": "Harbour Dynasty: II",
    "league_id": LEAGUE_ID,
    "season": "2026",
    "status": "in_season",
    "sport": "nfl",
    "total_rosters": 3,
    "settings": {"taxi_slots": 2, "reserve_slots": 1, "type": 2, "waiver_budget": 100},
    "roster_positions": [
        *("QB", "RB", "RB", "WR", "WR", "TE", "FLEX", "SUPER_FLEX", "REC_FLEX"),
        *("K", "DEF", "BN", "BN", "BN", "BN"),
    ],
    "scoring_settings": {
        **{"pass_yd": 0.03999999910593033, "pass_td": 4.0, "pass_int": -1.0, "rec": 0.5},
        **{"rec_yd": 0.1, "rush_yd": 0.1, "bonus_rec_te": 0.5, "fum_lost": -2.0, "fum": 0.0},
        **{"fgm_0_19": 3.0, "fgm_20_29": 3.0, "fgm_30_39": 3.0, "fgm_40_49": 4.0, "xpm": 1.0},
        **{"fgmiss": -1.0, "sack": 1.0, "pts_allow_0": 10.0, "pts_allow_35p": -4.0},
        **{"bonus_rush_yd_100": 3.0, "idp_tkl": None},
    },
    "metadata": None,
    "previous_league_id": None,
}
USERS: list[dict[str, Any]] = [
    {"user_id": "11", "display_name": "ada", "metadata": {"team_name": "Tidal Wrens"}},
    {"user_id": "22", "display_name": "bo", "metadata": None},
]
ROSTERS: list[dict[str, Any]] = [
    {
        **{"roster_id": 1, "owner_id": "11", "starters": ["901", "0"], "settings": {"wins": 1}},
        **{"players": ["901", "902", "0", "LAR"], "taxi": ["902"], "reserve": None},
    },
    {
        **{"roster_id": 2, "owner_id": "22", "starters": None, "metadata": None},
        **{"players": ["903", "904"], "taxi": None, "reserve": ["903"]},
    },
    {"roster_id": 3, "owner_id": None, "players": None, "taxi": None, "reserve": None},
]


def _player(number: str, first: str, position: str, team: str, gsis: str | None) -> dict[str, Any]:
    return {
        **{"player_id": number, "first_name": first, "last_name": "Vance", "position": position},
        **{"full_name": f"{first} Vance", "team": team, "gsis_id": gsis, "fantasy_positions": None},
    }


PLAYERS: dict[str, dict[str, Any]] = {
    "901": _player("901", "Al", "QB", "LV", " 00-0000001"),
    "902": _player("902", "Bo", "WR", "LV", None),
    "903": _player("903", "Cy", "WR", "LV", "00-0000003"),
    "904": _player("904", "Prospect", "RB", "LV", None),
    "LAR": {
        "player_id": "LAR",
        "first_name": "Los Angeles",
        "last_name": "Rams",
        "position": "DEF",
    },
}


class Sleeper:
    """The league's state, which a test may change, and the plan of faults."""

    def __init__(self) -> None:
        self.league: dict[str, Any] | None = dict(LEAGUE)
        self.rosters = [dict(roster) for roster in ROSTERS]
        self.users = [dict(user) for user in USERS]
        self.players = dict(PLAYERS)
        self.others: dict[str, dict[str, Any]] = {}
        self.faults = Faults()
        self.url = ""

    def another(self, league_id: str, teams: list[str], **league: Any) -> None:
        """Add a league of its own, each team with one of the players."""
        seats = zip(teams, ("901", "902", "903"), strict=False)
        self.others[league_id] = {
            "league": {**LEAGUE, "league_id": league_id, "total_rosters": len(teams), **league},
            "users": [{"user_id": team, "display_name": team} for team in teams],
            "rosters": [
                {"roster_id": number, "owner_id": team, "players": [player]}
                for number, (team, player) in enumerate(seats, 1)
            ],
        }

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/league/{id}", self._league),
                Route("/league/{id}/rosters", self._league),
                Route("/league/{id}/users", self._league),
                Route("/players/nfl", lambda request: JSONResponse(self.players)),
            ]
        )

    def _league(self, request: Request) -> Response:
        league_id = request.path_params["id"]
        what = request.url.path.rpartition("/")[2]
        if other := self.others.get(league_id):
            return JSONResponse(other.get(what, other["league"]))
        if league_id != LEAGUE_ID:
            return JSONResponse(None, 404)
        found: Any = {"rosters": self.rosters, "users": self.users}.get(what, self.league)
        return JSONResponse(found)
