"""All that the lake knows of one player: values, their history, seasons ahead, weeks, contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.reader import Reader

VALUES = "analytics.mrt_player_valuation"
DYNASTY = "analytics.mrt_dynasty_value_composite"
AHEAD = "analytics.mrt_multi_year_projections"
WEEKS = "marts.mrt_fantasy_actuals_weekly"
CONTRACTS = "marts.mrt_contract_current"
MARKET = "marts.mrt_market_value_current"
_TRACKED = (
    (VALUES, "league", "vor", "VOR"),
    (DYNASTY, "league", "dynasty_value", "Dynasty value"),
)


def _rows(reader: Reader, table: str, sql: str, values: Sequence[Any]) -> pl.DataFrame | None:
    """Rows of a table of ours; None when the lake has no such table."""
    return reader.ask(sql, values) if table in reader.tables() else None


def _latest(
    reader: Reader, table: str, column: str, player: str, league: str
) -> dict[str, Any] | None:
    found = _rows(
        reader,
        table,
        f"SELECT * FROM {table} WHERE player_id = ? AND {column} = ? "
        "ORDER BY snapshot_date DESC LIMIT 1",
        [player, league],
    )
    return found.row(0, named=True) if found is not None and found.height else None


def leagues_of(reader: Reader, player: str) -> list[str]:
    there = reader.tables()
    parts = [
        f"SELECT DISTINCT {column} AS league FROM {table} WHERE player_id = $1"
        for table, column in ((VALUES, "league"), (DYNASTY, "league"), (WEEKS, "league"))
        if table in there
    ]
    if not parts:
        return []
    sql = " UNION ".join(parts) + " ORDER BY league"
    return [name for (name,) in reader.ask(sql, [player]).iter_rows()]


def _history(reader: Reader, player: str, league: str) -> list[tuple[str, list[Any]]]:
    """Title, and value by day of each tracked number that has any."""
    found = []
    for table, column, value, title in _TRACKED:
        frame = _rows(
            reader,
            table,
            f"SELECT snapshot_date, {value} FROM {table} WHERE player_id = ? AND {column} = ? "
            f"AND {value} IS NOT NULL ORDER BY snapshot_date",
            [player, league],
        )
        if frame is not None and frame.height:
            found.append((title, list(frame.iter_rows())))
    return found


def _dicts(frame: pl.DataFrame | None) -> list[dict[str, Any]]:
    return frame.to_dicts() if frame is not None else []


@dataclass(frozen=True)
class PlayerFacts:
    """One player in one league; what the lake has nothing of is empty."""

    id: str
    name: str
    league: str
    leagues: tuple[str, ...]
    value: dict[str, Any] | None
    dynasty: dict[str, Any] | None
    history: list[tuple[str, list[Any]]]
    ahead: list[dict[str, Any]]
    weeks: list[dict[str, Any]]
    contract: list[dict[str, Any]]
    market: list[dict[str, Any]]
    tables: tuple[str, ...]


def player_facts(reader: Reader, who: str, league: str = "") -> PlayerFacts:
    """Of the player with that id, in the league or the first that knows him."""
    there = leagues_of(reader, who)
    if not there:
        raise ConfigError(f"No player {who[:60]!r} is in the lake. The grid of players has all.")
    league = league if league in there else there[0]
    value = _latest(reader, VALUES, "league", who, league)
    dynasty = _latest(reader, DYNASTY, "league", who, league)
    ahead = _rows(
        reader,
        AHEAD,
        f"SELECT * FROM {AHEAD} WHERE player_id = $1 AND league = $2 AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {AHEAD} WHERE league = $2) ORDER BY projection_season",
        [who, league],
    )
    weeks = _rows(
        reader,
        WEEKS,
        "SELECT season, week, season_type, opponent_team, games_played, fantasy_points "
        f"FROM {WEEKS} WHERE player_id = $1 AND league = $2 AND season = "
        f"(SELECT max(season) FROM {WEEKS} WHERE player_id = $1 AND league = $2) ORDER BY week",
        [who, league],
    )
    contract = _rows(
        reader,
        CONTRACTS,
        f"SELECT season, salary, contract_type, franchise FROM {CONTRACTS} "
        "WHERE player_id = ? AND league = ? ORDER BY season",
        [who, league],
    )
    market = _rows(
        reader,
        MARKET,
        f"SELECT format, provider, value, valued_on FROM {MARKET} WHERE player_id = ? ORDER BY ALL",
        [who],
    )
    seasons = _dicts(ahead)
    known = value or dynasty or next(iter(seasons), {})
    return PlayerFacts(
        id=who,
        name=str(known.get("player_name") or who),
        league=league,
        leagues=tuple(there),
        value=value,
        dynasty=dynasty,
        history=_history(reader, who, league),
        ahead=seasons,
        weeks=_dicts(weeks),
        contract=_dicts(contract),
        market=_dicts(market),
        tables=tuple(t for t in (VALUES, DYNASTY, AHEAD, WEEKS, CONTRACTS) if t in reader.tables()),
    )
