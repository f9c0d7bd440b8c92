"""Rosters and managers of a Sleeper league as rows of the league's tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from ff_analytics.domains.fantasy.players.matching import match
from ff_analytics.domains.fantasy.players.names import defence_id
from ff_analytics.domains.fantasy.sources.sleeper.api import Player, Roster, User

# How the API writes an empty slot.
_NOBODY = ("0", "")
_ROSTER = ("player_id", "franchise", "slot")


def franchises(
    rosters: Sequence[Roster], users: Sequence[User]
) -> tuple[dict[int, str], pl.DataFrame]:
    """Franchise by roster id, and the rows of `raw_league.franchises`.

    Named as its manager named the team, else after the manager, else by its number.
    """
    known = {user.user_id: user for user in users}
    owners = {roster.roster_id: known.get(roster.owner_id or "") for roster in rosters}
    wished = {
        number: (user.team_name or user.display_name if user else None) or f"Roster {number}"
        for number, user in owners.items()
    }
    # Names that differ by case only are one to every reader.
    taken = Counter(name.casefold() for name in wished.values())
    names = {
        n: f"{name} ({n})" if taken[name.casefold()] > 1 else name for n, name in wished.items()
    }
    rows = [
        (names[number], user.display_name if user else None, user.user_id if user else None)
        for number, user in owners.items()
    ]
    columns = dict.fromkeys(("franchise", "manager", "manager_id"), pl.String)
    return names, pl.DataFrame(rows, schema=columns, orient="row")


def _seats(rosters: Sequence[Roster], names: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """Sleeper's player id, franchise, slot."""
    seats = []
    for roster in rosters:
        taxi, reserve = set(roster.taxi or ()), set(roster.reserve or ())
        for player in dict.fromkeys(roster.players or ()):
            slot = "taxi" if player in taxi else "ir" if player in reserve else "active"
            if player not in _NOBODY:
                seats.append((player, names[roster.roster_id], slot))
    return seats


def _listed(seats: Sequence[tuple[str, str, str]], players: Mapping[str, Player]) -> pl.DataFrame:
    found = [players.get(player) or Player(player_id=player) for player, _, _ in seats]
    columns: dict[str, list[str | None]] = {
        "sleeper_id": [player for player, _, _ in seats],
        "franchise": [franchise for _, franchise, _ in seats],
        "slot": [slot for _, _, slot in seats],
        "player_id": [(p.gsis_id or "").strip() or None for p in found],
        "listed_name": [p.name for p in found],
        "position": [p.position for p in found],
        "team": [p.team for p in found],
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _by_gsis_alone(listed: pl.DataFrame) -> pl.DataFrame:
    missing = pl.col("player_id").is_null()
    return listed.with_columns(reason=pl.when(missing).then(pl.lit("no gsis id at Sleeper")))


def roster_rows(
    rosters: Sequence[Roster],
    names: Mapping[int, str],
    players: Mapping[str, Player],
    people: pl.DataFrame | None,
    day: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of `raw_league.rosters`, and the seats whose player the lake does not know.

    By the league's own id (gsis) where Sleeper has it, else by name, position and club. Without
    `people` in the lake only the former.
    """
    listed = _listed(_seats(rosters, names), players)
    is_defence = pl.col("position").eq_missing("DEF")
    ids = [defence_id(club) for club in listed.filter(is_defence)["sleeper_id"]]
    defences = (
        listed.filter(is_defence)
        .with_columns(pl.Series("player_id", ids, pl.String))
        .with_columns(
            reason=pl.when(pl.col("player_id").is_null()).then(pl.lit("no club of the NFL"))
        )
    )
    rest = listed.filter(~is_defence)
    if people is None:
        found = _by_gsis_alone(rest)
    else:
        found = match(rest.with_columns(valued_on=pl.lit(day)), people, ["player_id"])
    every = pl.concat([part.select(*listed.columns, "reason") for part in (found, defences)])
    unknown = every.filter(pl.col("player_id").is_null())
    return every.filter(pl.col("player_id").is_not_null()).select(_ROSTER), unknown
