"""Between the league's tables and the book: frames in, book; scenarios in, frame out."""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from ff_analytics.domains.fantasy.cap.book import Book, Charge, ledger
from ff_analytics.domains.fantasy.cap.contract import Contract, Year
from ff_analytics.domains.fantasy.cap.rules import CapRules
from ff_analytics.domains.fantasy.cap.scenarios import Scenario
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.engine.base.errors import BrokenInput, ConfigError

# Contracts end after the Super Bowl, in the first half of February.
NEW_YEAR = (2, 15)


def season_of(day: date, known: Iterable[int]) -> int:
    """The cap season that `day` belongs to, held between the first and the last in `known`."""
    season = day.year if (day.month, day.day) >= NEW_YEAR else day.year - 1
    seasons = sorted(known)
    return min(max(season, seasons[0]), seasons[-1])


def _whole(frame: pl.DataFrame, column: str, what: str) -> pl.DataFrame:
    broken = frame.filter(pl.col(column) != pl.col(column).round(0))
    if broken.height:
        first = broken.row(0, named=True)
        where = ", ".join(f"{key} {value}" for key, value in first.items() if key != column)
        raise BrokenInput(
            f"{broken.height} {what} are not whole dollars, first {first[column]} ({where}). The "
            "cap counts whole dollars: correct them where they come from and load again."
        )
    return frame.with_columns(pl.col(column).cast(pl.Int64))


def _contracts(rows: pl.DataFrame) -> dict[str, Contract]:
    columns = ("player_id", "franchise", "season", "salary", "contract_type")
    owed: dict[str, list[Year]] = {}
    holders: dict[str, dict[str, None]] = {}
    whole = _whole(rows, "salary", "salaries").sort("player_id", "season").select(columns)
    for player, franchise, season, salary, kind in whole.iter_rows():
        owed.setdefault(player, []).append(Year(season, salary, kind))
        holders.setdefault(player, {})[franchise] = None
    for player, teams in holders.items():
        if len(teams) > 1:
            raise BrokenInput(
                f"{player} is under contract with {' and '.join(teams)}; a player has one "
                "contract. Correct the league's contracts and load them again."
            )
    return {
        player: Contract(player, next(iter(holders[player])), tuple(years))
        for player, years in owed.items()
    }


def book_of(
    contracts: pl.DataFrame,
    charges: pl.DataFrame,
    rosters: pl.DataFrame,
    rules: CapRules,
    season: int,
) -> Book:
    """The book from `season` on; what is over is left out.

    `contracts`: player_id, franchise, season, salary, contract_type. `charges`: franchise,
    season, kind, dollars. `rosters`: franchise. Dollars may be floats but must be whole, else
    `BrokenInput`.
    """
    ahead = pl.col("season") >= season
    money = _whole(charges.filter(ahead), "dollars", "cap charges")
    columns = ("franchise", "season", "kind", "dollars")
    teams = pl.concat([f["franchise"] for f in (contracts, charges, rosters)])
    return Book(
        rules,
        season,
        tuple(teams.unique().sort().to_list()),
        _contracts(contracts.filter(ahead)),
        tuple(Charge(*row) for row in money.select(columns).iter_rows()),
    )


def loaded_book(
    contracts: pl.DataFrame,
    charges: pl.DataFrame,
    rosters: pl.DataFrame,
    profile: LeagueProfile,
    season: int | None,
    day: date,
) -> Book:
    """`book_of` for the season that was asked for, or that of `day`.

    Raises `ConfigError` for a league without cap rules and a season without contracts.
    """
    if profile.cap is None:
        raise ConfigError(f"League {profile.name} has no cap rules; docs/cap.md shows them.")
    known = contracts["season"].unique().sort().to_list()
    if season is not None and season not in known:
        raise ConfigError(
            f"League {profile.name} has no contract for season {season}; it has contracts for "
            f"{known[0]} to {known[-1]}."
        )
    return book_of(contracts, charges, rosters, profile.cap, season or season_of(day, known))


def frame_of(scenarios: Sequence[Scenario]) -> pl.DataFrame:
    """One row per scenario, franchise and season, dollars; the first scenario is the baseline.

    A longer contract must not make one scenario reach further than the others, so all cover
    the seasons of all.
    """
    seasons = sorted({season for each in scenarios for season in each.book.seasons})
    base = {
        (line.franchise, line.season): line.available for line in ledger(scenarios[0].book, seasons)
    }
    rows = [
        {
            "franchise": line.franchise,
            "projection_year": line.season,
            "scenario_name": each.name,
            "base_cap": line.base,
            "active_obligations": line.active,
            "dead_cap_obligations": line.dead,
            "traded_cap_net": line.traded,
            "available_cap_space": line.available,
            "change_from_baseline": line.available - base[line.franchise, line.season],
            "contracts": line.contracts,
            "over_cap": line.available < 0,
            "moves": each.moves.get(line.franchise),
        }
        for each in scenarios
        for line in ledger(each.book, seasons)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
