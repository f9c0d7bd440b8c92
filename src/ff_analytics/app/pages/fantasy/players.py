"""Players: a grid over any product's output, and two to four of its rows side by side."""

from collections.abc import Mapping

from starlette.responses import Response

from ff_analytics.app.queries.players import (
    SEARCHED,
    USUAL,
    chosen,
    chosen_league,
    compared,
    leagues,
    newest,
    outputs,
)
from ff_analytics.app.web import grid as grids
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.domains.fantasy.report.positions import sort_key
from ff_analytics.engine.read.dictionary import ColumnText, TableText, dictionary


def texts_of(page: Page, table: str) -> Mapping[str, ColumnText]:
    """What the columns of a table mean."""
    return dictionary(page.settings).get(table, TableText()).columns


def _nothing(page: Page) -> Response:
    body = part(
        "nothing.html.j2",
        text="No product has published players yet. The valuation is the quickest:",
        command="ff run valuation",
    )
    return show(page, "Players", body)


def grid(page: Page) -> Response:
    """All rows of one product and league, on its newest day."""
    known = outputs(page.reader)
    if not known:
        return _nothing(page)
    product = chosen(page.get("product"), known)
    there = leagues(page.reader, product)
    league = chosen_league(page.get("league"), there)
    frame = newest(page.reader, product, league)
    positions = sorted(frame["position"].drop_nulls().unique(), key=sort_key)
    ranked = "overall_rank" if "overall_rank" in frame.columns else f"-{product.sort_by or ''}"
    view = grids.view(
        page,
        frame,
        default=USUAL.get(product.name, ()),
        sort=ranked,
        tie="player_id",
        searched=SEARCHED,
        choices=("position",),
    )
    if file := grids.export(page, view, product.name):
        return file
    ids = view.rows["player_id"].to_list()
    body = part(
        "players.html.j2",
        page=page,
        products=known,
        product=product,
        leagues=there,
        league=league,
        grid=grids.table(
            page,
            view,
            texts=texts_of(page, product.mart),
            links={i: page.link(f"/player/{i}", league=league) for i in ids},
            key="player_id",
            named="player_name",
            choices={"position": positions},
            keep=("product", "league"),
            compare="/players/compare",
            search="Player, team, franchise",
        ),
    )
    day = frame["snapshot_date"].max() if frame.height else None
    lede = f"{product.description} Day {day!s}{f', league {league}' if league else ''}."
    return show(page, "Players", body, lede=lede, sources=[product.mart])


def compare(page: Page) -> Response:
    """Two to four players, column by column."""
    known = outputs(page.reader)
    if not known:
        return _nothing(page)
    product = chosen(page.get("product"), known)
    league = chosen_league(page.get("league"), leagues(page.reader, product))
    players, rows = compared(page.reader, product, league, page.many("id"))
    body = part(
        "compare.html.j2",
        page=page,
        players=players,
        rows=rows,
        texts=texts_of(page, product.mart),
        league=league,
    )
    crumbs = [(page.link("/players", product=product.name, league=league), "Players")]
    title = " and ".join(str(p["player_name"]) for p in players)
    return show(page, title, body, lede=product.title, crumbs=crumbs, sources=[product.mart])
