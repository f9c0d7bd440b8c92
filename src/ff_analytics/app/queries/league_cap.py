"""A league's cap, rosters and values as the lake has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from ff_analytics.domains.fantasy.cap.book import Book, Line, ledger
from ff_analytics.domains.fantasy.cap.scenarios import cut_options
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.reader import Reader

PROFILES = "raw_league.profiles"
ROSTERS = "raw_league.rosters"
CONTRACTS = "marts.mrt_contract_current"
CHARGES = "marts.mrt_cap_charge_current"
VALUES = (
    ("analytics.mrt_player_valuation", "league", "vor"),
    ("analytics.mrt_dynasty_value_composite", "league", "dynasty_value"),
)


@dataclass(frozen=True)
class Player:
    """A player as the league page shows him; values are None where no product has any."""

    id: str
    name: str
    position: str
    franchise: str | None
    slot: str
    vor: float | None = None
    dynasty_value: float | None = None


@dataclass(frozen=True)
class Books:
    """One league: profile, players by id, franchises, and its cap where the rules have one."""

    profile: LeagueProfile
    players: Mapping[str, Player]
    franchises: tuple[str, ...]
    book: Book | None
    why_no_book: str = ""

    def of(self, franchise: str) -> list[Player]:
        """The roster, the most valuable first."""
        held = [p for p in self.players.values() if p.franchise == franchise]
        return sorted(held, key=lambda p: (-(p.dynasty_value or 0), -(p.vor or -999), p.name))

    def names(self) -> dict[str, str]:
        return {player.id: player.name for player in self.players.values()}


def league_names(reader: Reader) -> list[str]:
    """Leagues whose profile is in the lake, those with rosters first."""
    there = reader.tables()
    if PROFILES not in there:
        return []
    names = [n for (n,) in reader.ask(f"SELECT league FROM {PROFILES}").iter_rows()]
    held: set[str] = set()
    if ROSTERS in there:
        rows = reader.ask(f"SELECT DISTINCT league FROM {ROSTERS}").iter_rows()
        held = {name for (name,) in rows}
    return sorted(names, key=lambda name: (name not in held, name))


def _of_league(reader: Reader, table: str, columns: str, league: str) -> pl.DataFrame | None:
    if table not in reader.tables():
        return None
    found = reader.ask(f"SELECT {columns} FROM {table} WHERE league = ?", [league])
    return found if found.height else None


def _values(reader: Reader, league: str) -> dict[str, dict[str, Any]]:
    """Name, position and values by player, of the newest day of each product."""
    found: dict[str, dict[str, Any]] = {}
    for table, column, value in VALUES:
        if table not in reader.tables():
            continue
        newest = f"(SELECT max(snapshot_date) FROM {table} WHERE {column} = $1)"
        rows = reader.ask(
            f"SELECT player_id, player_name, position, {value} FROM {table} "
            f"WHERE {column} = $1 AND snapshot_date = {newest}",
            [league],
        )
        for player, name, position, number in rows.iter_rows():
            entry = found.setdefault(player, {"name": name, "position": position})
            entry[value] = number
    return found


def _names(reader: Reader, ids: list[str]) -> dict[str, tuple[str, str]]:
    """Name and position of players that no product has valued."""
    if not ids or "core.dim_player" not in reader.tables():
        return {}
    marks = ", ".join("?" for _ in ids)
    rows = reader.ask(
        "SELECT player_id, display_name, position FROM core.dim_player "
        f"WHERE player_id IN ({marks})",
        sorted(ids),
    )
    return {player: (name or player, position or "") for player, name, position in rows.iter_rows()}


def _players(
    reader: Reader, league: str, rosters: pl.DataFrame | None, contracts: pl.DataFrame | None
) -> dict[str, Player]:
    values = _values(reader, league)
    owned: dict[str, tuple[str, str]] = {}
    for frame, slot in ((contracts, ""), (rosters, None)):
        for row in frame.to_dicts() if frame is not None else []:
            held = slot if slot is not None else row["slot"] or ""
            owned[row["player_id"]] = (row["franchise"], held)
    more = _names(reader, [i for i in owned if i not in values])
    found = {}
    for player in {**values, **owned}:
        known = values.get(player, {})
        name, position = more.get(player, (player, ""))
        franchise, slot = owned.get(player, (None, ""))
        found[player] = Player(
            player,
            known.get("name") or name,
            known.get("position") or position,
            franchise,
            slot or "",
            known.get("vor"),
            known.get("dynasty_value"),
        )
    return found


def load(reader: Reader, league: str) -> Books:
    """Everything of one league; what is missing stays empty."""
    from ff_analytics.domains.fantasy.cap.tables import loaded_book

    profiles = _of_league(reader, PROFILES, "json", league)
    if profiles is None:
        raise ConfigError(f"The lake has no profile of league {league[:40]!r}.")
    profile = LeagueProfile.model_validate_json(profiles.item())
    rosters = _of_league(reader, ROSTERS, "player_id, franchise, slot", league)
    columns = "player_id, franchise, season, salary, contract_type"
    contracts = _of_league(reader, CONTRACTS, columns, league)
    charges = _of_league(reader, CHARGES, "franchise, season, kind, dollars", league)
    players = _players(reader, league, rosters, contracts)
    teams = {p.franchise for p in players.values() if p.franchise}
    book, why = None, ""
    if profile.cap is None:
        why = f"League {league} has no cap rules."
    elif contracts is None:
        why = "No contract is in the lake: ff run ingest/league-sheet loads a league's own books."
    else:
        blank = {
            "franchise": pl.String,
            "season": pl.Int32,
            "kind": pl.String,
            "dollars": pl.Float64,
        }
        day = reader.committed_at.astimezone(ZoneInfo(profile.timezone)).date()
        none = pl.DataFrame(schema={"franchise": pl.String})
        book = loaded_book(
            contracts,
            charges if charges is not None else pl.DataFrame(schema=blank),
            rosters.select("franchise") if rosters is not None else none,
            profile,
            None,
            day,
        )
        teams |= set(book.franchises)
    return Books(profile, players, tuple(sorted(teams)), book, why)


def sheet(known: Books) -> list[tuple[str, Line | None, int, float, float]]:
    """Franchise, its cap line of the season, players, VOR and dynasty value above zero."""
    now: dict[str, Line] = {}
    if known.book is not None:
        now = {line.franchise: line for line in ledger(known.book, [known.book.season])}
    found = []
    for franchise in known.franchises:
        held = known.of(franchise)
        vor = sum(max(0.0, p.vor or 0.0) for p in held)
        dynasty = sum(max(0.0, p.dynasty_value or 0.0) for p in held)
        found.append((franchise, now.get(franchise), len(held), vor, dynasty))
    return sorted(found, key=lambda row: (-row[4], -row[3], row[0]))


def roster(known: Books, franchise: str) -> list[dict[str, Any]]:
    """Players of a franchise with contract, and what a cut would free and leave as dead cap."""
    book = known.book
    options = {o.player_id: o for o in cut_options(book)} if book else {}
    rows = []
    for player in known.of(franchise):
        contract = book.contracts.get(player.id) if book else None
        rows.append(
            {
                "player": player,
                "salary": contract.salary_in(book.season) if contract and book else None,
                "until": contract.last.season if contract else None,
                "freed": options[player.id].freed if player.id in options else None,
                "dead": options[player.id].dead if player.id in options else None,
            }
        )
    return rows
