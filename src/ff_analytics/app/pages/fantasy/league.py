"""A league: franchises with cap and value, one roster, what-if, trade targets."""

from typing import Any

from starlette.responses import Response

from ff_analytics.app.queries import league_cap as leagues
from ff_analytics.app.queries.whatif import Moves, WhatIf, what_if
from ff_analytics.app.web.figures import whole_number
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.domains.fantasy.cap.book import ledger
from ff_analytics.engine.base.errors import ConfigError

TARGETS = "analytics.mrt_trade_targets"
_SHOWN = 12


def _targets(page: Page, league: str, franchise: str) -> list[dict[str, Any]]:
    """Players of others whom we rate above the market by more than noise, widest gap first."""
    if TARGETS not in page.reader.tables():
        return []
    return page.reader.ask(
        "SELECT player_id, player_name, position, franchise, market_value, own_value, trade_band "
        f"FROM {TARGETS} WHERE league = $1 AND trade_band IN ('STRONG_BUY', 'BUY') "
        "AND franchise IS DISTINCT FROM $2 AND franchise IS NOT NULL AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {TARGETS} WHERE league = $1) "
        f"ORDER BY market_delta DESC, player_id LIMIT {_SHOWN}",
        [league, franchise],
    ).to_dicts()


def _moves(page: Page) -> Moves:
    """The moves that the address holds."""
    return Moves(
        cut=page.many("cut"),
        extend=page.get("extend"),
        years=whole_number(page.get("years") or "1", "years") or 0,
        total=whole_number(page.get("total"), "total"),
        franchise=page.get("franchise"),
        partner=page.get("with"),
        give=page.many("give"),
        get=page.many("get"),
    )


def _chosen(page: Page, names: list[str]) -> str:
    league = page.get("league") or names[0]
    if league not in names:
        raise ConfigError(f"league={league[:40]!r} is not in the lake: {', '.join(names)}.")
    return league


def league(page: Page) -> Response:
    """All franchises, or with `franchise` one of them."""
    names = leagues.league_names(page.reader)
    if not names:
        text = "No league profile is in the lake yet. A run of a fantasy product puts it there:"
        return show(page, "League", part("nothing.html.j2", text=text, command="ff run valuation"))
    chosen = _chosen(page, names)
    known = leagues.load(page.reader, chosen)
    franchise = page.get("franchise")
    if franchise and franchise not in known.franchises:
        raise ConfigError(f"League {chosen} has no franchise {franchise[:60]!r}.")
    effect: WhatIf | None = None
    trouble: ConfigError | None = None
    if franchise:
        try:
            moves = _moves(page)
            effect = what_if(moves, known) if moves else None
        except ConfigError as error:
            trouble = error
    there = page.reader.tables()
    sources = [t for t in (leagues.ROSTERS, leagues.CONTRACTS, leagues.CHARGES) if t in there]
    body = part(
        "franchise.html.j2" if franchise else "league.html.j2",
        page=page,
        leagues=names,
        league=chosen,
        known=known,
        franchise=franchise,
        sheet=[] if franchise else leagues.sheet(known),
        roster=leagues.roster(known, franchise) if franchise else [],
        lines=[x for x in ledger(known.book) if x.franchise == franchise]
        if franchise and known.book
        else [],
        others=[f for f in known.franchises if f != franchise],
        market={f: known.of(f) for f in known.franchises if f != franchise} if franchise else {},
        effect=effect,
        trouble=trouble,
        targets=_targets(page, chosen, franchise),
        season=known.book.season if known.book else None,
    )
    if franchise:
        crumbs = [(page.link("/league", league=chosen), chosen)]
        return show(page, franchise, body, crumbs=crumbs, sources=sources)
    return show(page, "League", body, lede=known.profile.description, sources=sources)
