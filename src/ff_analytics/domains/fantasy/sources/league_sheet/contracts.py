"""A sheet of contracts, long (a row per season) or wide (a column per season)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from ff_analytics.domains.fantasy.cap import CapRules, Year
from ff_analytics.domains.fantasy.cap.contract import off_scale, violation
from ff_analytics.domains.fantasy.sources.league_sheet import cells
from ff_analytics.domains.fantasy.sources.league_sheet.players import player_ids
from ff_analytics.domains.fantasy.sources.league_sheet.sheet import Flaw, Row, Sheet

COLUMNS = ("player_id", "franchise", "season", "salary", "contract_type")


@dataclass(frozen=True)
class Owed:
    """One season of a contract as a row of the sheet says it."""

    row: Row
    franchise: str
    year: Year
    years: int | None


def _long(sheet: Sheet, row: Row) -> list[tuple[int, int]] | None:
    season = sheet.read(row, "season", cells.season)
    salary = sheet.read(row, "salary", partial(cells.dollars, style=sheet.style))
    return None if season is None or salary is None else [(season, salary)]


def _wide(sheet: Sheet, row: Row, seasons: Mapping[str, int]) -> list[tuple[int, int]] | None:
    before, money = len(sheet.flaws), partial(cells.dollars, style=sheet.style)
    found = [
        (season, salary)
        for name, season in seasons.items()
        if (salary := sheet.optional(row, name, money)) is not None
    ]
    if len(sheet.flaws) > before:
        return None
    if not found:
        sheet.flaw(row, "salary", "no season has one")
        return None
    # A zero before or after the contract is a filled empty cell.
    paid = [season for season, salary in found if salary]
    return [(s, d) for s, d in found if paid and paid[0] <= s <= paid[-1]] or found


def _owed(sheet: Sheet) -> list[Owed]:
    wide = {} if "season" in sheet.columns and "salary" in sheet.columns else sheet.seasons
    if not wide:
        sheet.need("season")
        sheet.need("salary")
    sheet.numbers(wide or ("salary",))
    sheet.warn_unread(wide or ("salary",))
    owed = []
    for row in sheet.rows:
        before = len(sheet.flaws)
        money = _wide(sheet, row, wide) if wide else _long(sheet, row)
        franchise = sheet.franchise(row)
        kind = sheet.optional(row, "contract_type", cells.contract_type)
        years = sheet.optional(row, "years", cells.count)
        if money and franchise and len(sheet.flaws) == before:
            owed += [Owed(row, franchise, Year(s, d, kind), years) for s, d in money]
    return owed


def _conflict(held: list[Owed]) -> tuple[str, str] | None:
    """Field and reason when rows about one player contradict each other."""
    rows = ", ".join(str(number) for number in sorted({owed.row.number for owed in held}))
    teams = sorted({owed.franchise for owed in held})
    if len(teams) > 1:
        return "franchise", f"duplicate contract: rows {rows} say {' and '.join(teams)}"
    seasons = [owed.year.season for owed in held]
    twice = sorted({season for season in seasons if seasons.count(season) > 1})
    if twice:
        return "salary", f"duplicate contract: rows {rows} differ about {twice[0]}"
    gaps = set(range(min(seasons), max(seasons))) - set(seasons)
    if gaps:
        return "season", f"the contract leaves out {min(gaps)}"
    return None


def _illegal(held: list[Owed], rules: CapRules | None, whole: bool) -> tuple[str, str] | None:
    """Field and reason when the rules do not allow the contract."""
    years = [owed.year for owed in held]
    length = max((owed.years or 0 for owed in held), default=0)
    if length and len(years) > length:
        return "years", f"{len(years)} seasons are listed, years says {length}"
    if rules is None:
        return None
    if whole and length in (0, len(years)):
        reason = violation(years, rules)
    else:
        reason = next((r for year in years if (r := off_scale(year, rules))), None)
    return ("salary", reason) if reason else None


def _seasons_of(sheet: Sheet, row: Row) -> list[int]:
    """Seasons that a row is about, as far as it can be read."""
    wide = [season for name, season in sheet.seasons.items() if row.text(name)]
    text = row.text("season")
    season = cells.year(text.removesuffix(".0")) if text else None
    return wide if text is None else [season] if season else []


def _with_keys(sheet: Sheet, ids: Mapping[int, str]) -> list[Flaw]:
    """Flaws of rows about known players with player and season, so that what the lake holds of
    them stays until the row is fixed."""
    return [
        replace(flaw, keys={"player_id": ids[flaw.row.number], "season": season})
        for flaw in sheet.flaws
        if flaw.row.number in ids
        for season in _seasons_of(sheet, flaw.row)
    ] + [f for f in sheet.flaws if f.row.number not in ids or not _seasons_of(sheet, f.row)]


def _once(held: list[Owed]) -> list[Owed]:
    """Without the repetitions of rows that say the very same."""
    said: dict[tuple[str, Year], Owed] = {}
    for owed in held:
        said.setdefault((owed.franchise, owed.year), owed)
    return sorted(said.values(), key=lambda owed: owed.year.season)


def read_contracts(
    sheet: Sheet, people: pl.DataFrame, rules: CapRules | None, day: date, whole: bool
) -> pl.DataFrame:
    """Rows of `raw_league.contracts`; what is wrong is noted on the sheet.

    A contract stands or falls as a whole: half of one would leave out dollars.
    """
    sheet.need("player", "player_id")
    sheet.need("franchise")
    owed = _owed(sheet)
    ids = player_ids(sheet, sheet.rows, people, day)
    wrong = {flaw.row.number for flaw in sheet.flaws}
    spoilt = {ids[number]: number for number in sorted(wrong) if number in ids}
    sheet.flaws = _with_keys(sheet, ids)
    contracts: dict[str, list[Owed]] = {}
    for each in owed:
        if each.row.number in ids and each.row.number not in wrong:
            contracts.setdefault(ids[each.row.number], []).append(each)
    rows = []
    for player, said in contracts.items():
        held = _once(said)
        problem = _conflict(held) or _illegal(held, rules, whole)
        if player in spoilt:
            problem = ("player", f"row {spoilt[player]} of the same contract is wrong")
        for each in held:
            year = each.year
            if problem:
                sheet.flaw(each.row, *problem, player_id=player, season=year.season)
            else:
                rows.append((player, each.franchise, year.season, year.salary, year.kind))
    kinds = (pl.String, pl.String, pl.Int32, pl.Float64, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row")
