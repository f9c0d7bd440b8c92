"""Leagues: franchises, rosters and cap, what moves would change; channels of a tenant."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from ff_analytics.app.mcp.answer import Access, Answer
from ff_analytics.app.mcp.tools.lake import AsOf
from ff_analytics.app.mcp.tools.players import League
from ff_analytics.app.queries import channels, league_cap
from ff_analytics.app.queries.whatif import Moves, WhatIf, what_if
from ff_analytics.domains.fantasy.cap.book import ledger
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.reader import Reader

_SOURCES = (league_cap.ROSTERS, league_cap.CONTRACTS, league_cap.CHARGES, league_cap.PROFILES)


def _books(at: Reader, league: str) -> tuple[str, league_cap.Books]:
    names = league_cap.league_names(at)
    if not names:
        raise ConfigError("No league profile is in the lake yet. Run `ff run valuation`.")
    chosen = league or names[0]
    if chosen not in names:
        raise ConfigError(f"League {chosen[:40]!r} is not in the lake: {', '.join(names)}.")
    return chosen, league_cap.load(at, chosen)


def _sources(at: Reader) -> list[str]:
    values = (table for table, _, _ in league_cap.VALUES)
    return [table for table in (*_SOURCES, *values) if table in at.tables()]


def _player(known: league_cap.Books, given: str) -> str:
    """The id of a player of the league, by id or name."""
    if given in known.players:
        return given
    found = [p for p in known.players.values() if given.lower() == p.name.lower()]
    found = found or [p for p in known.players.values() if given.lower() in p.name.lower()]
    if len(found) == 1:
        return found[0].id
    near = ", ".join(f"{p.name} ({p.id})" for p in found[:10])
    raise ConfigError(
        f"{len(found)} players of the league match {given[:60]!r}: {near}. Give one of the ids."
        if found
        else f"The league has no player {given[:60]!r}. franchise lists the rosters."
    )


def _franchise(known: league_cap.Books, given: str) -> str:
    found = [f for f in known.franchises if f.lower() == given.lower()]
    if not found:
        raise ConfigError(
            f"There is no franchise {given[:60]!r}. Franchises: {', '.join(known.franchises)}."
        )
    return found[0]


def _roster(known: league_cap.Books, franchise: str) -> dict[str, Any]:
    rows = [
        asdict(row["player"]) | {name: value for name, value in row.items() if name != "player"}
        for row in league_cap.roster(known, franchise)
    ]
    lines = ledger(known.book) if known.book else []
    cap = [asdict(line) for line in lines if line.franchise == franchise]
    return {"franchise": franchise, "players": rows, "cap_by_season_usd": cap}


def _effect(league: str, effect: WhatIf) -> dict[str, Any]:
    return {
        "league": league,
        "moves": effect.words,
        "stored": False,
        "effects": [
            {
                "franchise": one.franchise,
                "cap_room_usd": [asdict(line) | {"change": line.change} for line in one.lines],
                "vor": dict(zip(("before", "after"), one.vor, strict=True)),
                "dynasty_value": dict(zip(("before", "after"), one.dynasty, strict=True)),
            }
            for one in effect.effects
        ],
    }


class LeagueTools:
    """Those about leagues and channels."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """The tools."""
        return [
            self.list_leagues,
            self.get_franchise,
            self.cap_what_if,
            self.trade_what_if,
            self.channel_summary,
        ]

    def list_leagues(self, as_of: AsOf = None) -> Answer:
        """Leagues in the lake with their franchises, cap room and value."""
        at = self._access.reader(as_of)
        with at.together():
            found = []
            for name in league_cap.league_names(at):
                known = league_cap.load(at, name)
                teams = [
                    {
                        "franchise": franchise,
                        "players": players,
                        "cap_room_usd": line.available if line else None,
                        "vor": vor,
                        "dynasty_value": dynasty,
                    }
                    for franchise, line, players, vor, dynasty in league_cap.sheet(known)
                ]
                about = known.profile.description
                found.append({"league": name, "about": about, "franchises": teams})
            return self._access.of_lake(at, found, _sources(at))

    def get_franchise(
        self,
        franchise: Annotated[str, Field(description="Name, from list_leagues.")],
        league: League = "",
        as_of: AsOf = None,
    ) -> Answer:
        """A franchise's roster with values and contracts, and its cap by season."""
        at = self._access.reader(as_of)
        with at.together():
            _, known = _books(at, league)
            data = _roster(known, _franchise(known, franchise))
            return self._access.of_lake(at, data, _sources(at))

    def cap_what_if(
        self,
        cut: Annotated[list[str], Field(description="Players to cut, ids or names.")] = [],  # noqa: B006
        extend: Annotated[str, Field(description="Player whose contract is extended.")] = "",
        years: Annotated[int, Field(ge=1, description="Years of the extension.")] = 1,
        total: Annotated[
            int | None, Field(ge=0, description="Dollars of the extension; empty = as now.")
        ] = None,
        league: League = "",
        as_of: AsOf = None,
    ) -> Answer:
        """What cuts or an extension would change: cap room by season and value. Stores nothing."""
        at = self._access.reader(as_of)
        with at.together():
            name, known = _books(at, league)
            moves = Moves(
                cut=[_player(known, given) for given in cut],
                extend=_player(known, extend) if extend else "",
                years=years,
                total=total,
            )
            if not moves:
                raise ConfigError("Give a move: cut=[players], or extend=player with years.")
            return self._access.of_lake(at, _effect(name, what_if(moves, known)), _sources(at))

    def trade_what_if(
        self,
        franchise: Annotated[str, Field(description="One side of the trade.")],
        partner: Annotated[str, Field(description="The other side.")],
        give: Annotated[list[str], Field(description="Players that `franchise` gives.")] = [],  # noqa: B006
        get: Annotated[list[str], Field(description="Players that `franchise` gets.")] = [],  # noqa: B006
        league: League = "",
        as_of: AsOf = None,
    ) -> Answer:
        """What a trade would change for both: cap room by season and value. Stores nothing."""
        at = self._access.reader(as_of)
        with at.together():
            name, known = _books(at, league)
            moves = Moves(
                franchise=_franchise(known, franchise),
                partner=_franchise(known, partner),
                give=[_player(known, given) for given in give],
                get=[_player(known, given) for given in get],
            )
            if not moves:
                raise ConfigError("Give the players of the trade: give=[...] or get=[...].")
            return self._access.of_lake(at, _effect(name, what_if(moves, known)), _sources(at))

    def channel_summary(
        self,
        tenant: Annotated[str, Field(description="Empty = the first one.")] = "",
        currency: Annotated[str, Field(description="Empty = the tenant's own.")] = "",
        days: Annotated[int, Field(ge=1, le=3660, description="Length of the period.")] = 28,
        as_of: AsOf = None,
    ) -> Answer:
        """Spend, revenue and ROAS by marketing channel against the period before; anomalies."""
        at = self._access.reader(as_of)
        with at.together():
            names = channels.tenants(at)
            if not names:
                raise ConfigError("No tenant has channel figures yet. Run `ff demo`.")
            known = channels.period(at, tenant, currency, days)
            data = {
                "tenants": names,
                "tenant": known.tenant,
                "currency": known.currency,
                "first_day": known.first,
                "last_day": known.last,
                "channels": known.rows,
                "anomalies": [
                    {name: row[name] for name in ("date", "channel", "anomaly")}
                    for row in known.notable()
                ],
            }
            columns = list(known.rows[0]) if known.rows else []
            return self._access.of_lake(at, data, [channels.MART], columns)
