"""Players: search, one player, two to four compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from ff_analytics.app.mcp.answer import Access, Answer
from ff_analytics.app.mcp.tools.lake import AsOf
from ff_analytics.app.queries import players as queries
from ff_analytics.app.queries.player import player_facts
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.read.reader import Reader

_ID = "player_id"
League = Annotated[str, Field(description="League; empty = the first of list_leagues.")]
OfProduct = Annotated[
    str, Field(description="valuation, projections, dynasty-value, ...; empty = valuation.")
]
Who = Annotated[str, Field(description="Player id, or a name that only one player has.")]


def _output(at: Reader, product: str, league: str) -> tuple[Product, str]:
    known = queries.outputs(at)
    if not known:
        raise ConfigError("No product has published players yet. Run `ff run valuation`.")
    chosen = queries.chosen(product, known)
    return chosen, queries.chosen_league(league, queries.leagues(at, chosen))


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['player_name']} ({row[_ID]}, {row['position']}, {row['team']})"


def _id(at: Reader, who: str) -> str:
    """The id of a player by id or name; `ConfigError` with the candidates where there are more."""
    found: dict[str, str] = {}
    for product in queries.outputs(at):
        league = queries.chosen_league("", queries.leagues(at, product))
        frame = queries.newest(at, product, league)
        if who in frame[_ID]:
            return who
        rows = queries.search(at, product, league, who).unique(_ID, maintain_order=True)
        exact = rows.filter(rows["player_name"].str.to_lowercase() == who.lower())
        for row in (exact if exact.height else rows).head(10).to_dicts():
            found.setdefault(row[_ID], _named(row))
        if found:
            break
    if len(found) > 1:
        raise ConfigError(
            f"{len(found)} or more players match {who[:60]!r}: {', '.join(found.values())}. "
            "Give one of the ids."
        )
    # Without a match it is left to the query, which knows players of past seasons too.
    return next(iter(found), who)


def _ids(at: Reader, given: Sequence[str]) -> list[str]:
    return [_id(at, who) for who in given]


class PlayerTools:
    """Those about players."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """The tools."""
        return [self.search_players, self.get_player, self.compare_players]

    def search_players(
        self,
        text: Annotated[str, Field(description="Words of name, team or franchise.")] = "",
        position: Annotated[str, Field(description="QB, RB, WR, TE, ...")] = "",
        product: OfProduct = "",
        league: League = "",
        limit: Annotated[int, Field(ge=1, le=200)] = 20,
        as_of: AsOf = None,
    ) -> Answer:
        """Players of a product's newest day, the best first, with its usual columns."""
        at = self._access.reader(as_of)
        with at.together():
            chosen, league = _output(at, product, league)
            frame = queries.search(at, chosen, league, text, position)
            usual = [_ID, *queries.USUAL.get(chosen.name, chosen.top), "snapshot_date"]
            columns = [c for c in dict.fromkeys(usual) if c in frame.columns]
            rows = frame.head(limit).select(columns)
            cut = f"the first {limit} of {frame.height} rows" if frame.height > limit else ""
            return self._access.of_lake(at, rows.to_dicts(), [chosen.mart], columns, cut)

    def get_player(self, player: Who, league: League = "", as_of: AsOf = None) -> Answer:
        """One player: values and their history, seasons ahead with ranges, weeks, contract."""
        at = self._access.reader(as_of)
        with at.together():
            known = player_facts(at, _id(at, player), league)
            if league and league != known.league:
                raise ConfigError(
                    f"League {league[:40]!r} does not have this player; it is one of "
                    f"{', '.join(known.leagues)}."
                )
            data = {
                "player_id": known.id,
                "player_name": known.name,
                "league": known.league,
                "valuation": known.value,
                "dynasty_value": known.dynasty,
                "history": {title: dict(_by_day(points)) for title, points in known.history},
                "seasons_ahead": known.ahead,
                "weeks_of_last_season": known.weeks,
                "contract": known.contract,
                "market": known.market,
            }
            rows = (known.value or {}, known.dynasty or {}, *known.ahead[:1], *known.weeks[:1])
            columns = dict.fromkeys(name for row in rows for name in row)
            return self._access.of_lake(at, data, known.tables, list(columns))

    def compare_players(
        self,
        players: Annotated[
            list[str], Field(min_length=2, max_length=4, description="Ids or names.")
        ],
        product: OfProduct = "",
        league: League = "",
        as_of: AsOf = None,
    ) -> Answer:
        """Two to four players of a product, column by column, and who leads."""
        at = self._access.reader(as_of)
        with at.together():
            chosen, league = _output(at, product, league)
            rows, columns = queries.compared(at, chosen, league, _ids(at, players))
            names = [f"{row['player_name']} ({row[_ID]})" for row in rows]
            data = {
                column: dict(zip(names, values, strict=True))
                | ({"leads": names[best]} if best is not None else {})
                for column, values, best in columns
            }
            return self._access.of_lake(at, data, [chosen.mart], list(data))


def _by_day(points: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(day.isoformat(), value) for day, value in points]
