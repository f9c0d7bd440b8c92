"""Seconds of cap scenarios on a full league: one scenario, a portfolio, the complete product."""

from datetime import date
from itertools import cycle

import polars as pl

from benchmarks.model import Options, Result, Table, at_most, seconds_of
from ff_analytics.domains.fantasy.cap import Book, Charge, Contract, Year, ledger, standard_split
from ff_analytics.domains.fantasy.cap.moves import cut, extend
from ff_analytics.domains.fantasy.cap.scenarios import cut_options, expiring, scenarios
from ff_analytics.domains.fantasy.cap.tables import frame_of, loaded_book
from ff_analytics.domains.fantasy.league.league import load_profile

_TEAMS, _EACH, _SEASON = 12, 33, 2026
_CUTS, _EXTENSIONS = 5, 3


def league(teams: int = _TEAMS) -> Book:
    """Full rosters on contracts of one to five years, dead cap and traded cap."""
    rules = load_profile("dynasty_half_ppr").cap
    if rules is None:
        raise AssertionError("the league of the benchmark has a cap")
    names = tuple(f"Team {number:02}" for number in range(teams))
    contracts = {}
    for number, years in zip(range(teams * _EACH), cycle((1, 2, 3, 4, 5)), strict=False):
        split = standard_split(years * (1 + number % 17), years)
        player = f"P{number:04}"
        owed = tuple(Year(_SEASON + i, salary, "faad") for i, salary in enumerate(split))
        contracts[player] = Contract(player, names[number % teams], owed)
    charges = tuple(Charge(name, _SEASON, "dead", 9) for name in names)
    return Book(rules, _SEASON, names, contracts, charges)


def _portfolio(book: Book) -> Book:
    for option in cut_options(book)[:_CUTS]:
        book = cut(book, option.player_id)
    for name in book.franchises[:_EXTENSIONS]:
        book = extend(book, expiring(book, name)[0].player_id, (17, 34, 49))
    ledger(book)
    return book


def _tables(book: Book) -> tuple[pl.DataFrame, pl.DataFrame]:
    owed = [
        (c.player_id, c.franchise, year.season, float(year.salary), year.kind)
        for c in book.contracts.values()
        for year in c.years
    ]
    columns = ["player_id", "franchise", "season", "salary", "contract_type"]
    charges = [(c.franchise, c.season, c.kind, float(c.dollars)) for c in book.charges]
    return (
        pl.DataFrame(owed, schema=columns, orient="row"),
        pl.DataFrame(charges, schema=["franchise", "season", "kind", "dollars"], orient="row"),
    )


def run(options: Options) -> Result:
    """The book is in memory for scenario and portfolio; the product starts from its tables."""
    book, repeats = league(), 5 if options.quick else 25
    contracts, charges = _tables(book)
    rosters = contracts.select("franchise")
    profile, day = load_profile("dynasty_half_ppr"), date(_SEASON, 9, 1)

    def one() -> object:
        return ledger(cut(book, cut_options(book)[0].player_id))

    def product() -> object:
        return frame_of(scenarios(loaded_book(contracts, charges, rosters, profile, None, day)))

    measured = [
        ("one scenario: the best cut, and the ledger after it", seconds_of(one, repeats)),
        (
            f"portfolio: {_CUTS} cuts and {_EXTENSIONS} extensions",
            seconds_of(lambda: _portfolio(book), repeats),
        ),
        ("all four scenarios, from tables to rows", seconds_of(product, repeats)),
    ]
    players = len(book.contracts)
    return Result(
        name="cap",
        title=f"cap scenarios, {_TEAMS} franchises, {players} contracts, 5 seasons",
        tables=[
            Table(
                title=f"Milliseconds, median of {repeats}",
                columns=("work", "ms"),
                rows=[(name, round(1000 * seconds, 2)) for name, seconds in measured],
            )
        ],
        aims=[
            at_most("one scenario", measured[0][1], 0.1, "s"),
            at_most("portfolio", measured[1][1], 1, "s"),
        ],
    )
