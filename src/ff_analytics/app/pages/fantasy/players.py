"""Players: a grid over any product's output, and two to four of its rows side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from starlette.responses import Response

from ff_analytics.app.web import grid as grids
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.domains.fantasy.report.positions import sort_key
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.lake.attach.catalog import quote
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.read.declared import all_products
from ff_analytics.engine.read.dictionary import ColumnText, TableText, dictionary

_SEARCHED = ("player_name", "team", "franchise", "position")
# Columns of a first look, by product; the chooser has all others.
_USUAL: Mapping[str, Sequence[str]] = {
    "valuation": (
        *("player_name", "position", "team", "franchise", "overall_rank", "total_points"),
        *("vor", "war", "auction_value", "tier", "p10", "p90", "salary"),
    ),
    "projections": (
        *("player_name", "position", "team", "age", "projection_season", "points_per_game"),
        *("points_per_game_p10", "points_per_game_p90", "games_share", "total_points"),
    ),
    "dynasty-value": (
        *("player_name", "position", "team", "franchise", "age", "overall_rank"),
        *("dynasty_value_score", "dynasty_value", "market_value", "market_gap_pct", "trade_band"),
    ),
}
_MOST = 4


def outputs(page: Page) -> list[Product]:
    """Products with players whose history is in the lake, those with usual columns first."""
    columns = page.reader.columns()
    found = [p for p in all_products() if "player_id" in columns.get(p.mart, {})]
    order = list(_USUAL)
    return sorted(found, key=lambda p: (order.index(p.name) if p.name in order else 9, p.name))


def chosen(page: Page, known: Sequence[Product]) -> Product:
    """The product that the address names, or the first."""
    name = page.get("product") or known[0].name
    for product in known:
        if product.name == name:
            return product
    raise ConfigError(
        f"product={name[:40]!r} has no players in the lake; there are "
        f"{', '.join(p.name for p in known)}."
    )


def league_column(product: Product, columns: Mapping[str, str]) -> str:
    """The column with the league; empty when the output has none."""
    names = (product.scope.column if product.scope else None, "league")
    return next((name for name in names if name and name in columns), "")


def leagues(page: Page, product: Product) -> list[str]:
    """Leagues of the product's history, by name."""
    column = league_column(product, page.reader.columns()[product.mart])
    if not column:
        return []
    sql = f"SELECT DISTINCT {quote(column)} FROM {quote(product.mart)} ORDER BY 1"
    return [name for (name,) in page.reader.ask(sql).iter_rows() if name is not None]


def newest(page: Page, product: Product, league: str) -> pl.DataFrame:
    """The output's newest day of the league."""
    column = league_column(product, page.reader.columns()[product.mart])
    where, values = ("TRUE", []) if not column else (f"{quote(column)} = ?", [league])
    mart = quote(product.mart)
    return page.reader.ask(
        f"SELECT * FROM {mart} WHERE {where} AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {mart} WHERE {where})",
        [*values, *values],
    )


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


def _league(page: Page, there: Sequence[str]) -> str:
    league = page.get("league") or (there[0] if there else "")
    if there and league not in there:
        raise ConfigError(f"league={league[:40]!r} is not in the lake: {', '.join(there)}.")
    return league


def grid(page: Page) -> Response:
    """All rows of one product and league, on its newest day."""
    known = outputs(page)
    if not known:
        return _nothing(page)
    product = chosen(page, known)
    there = leagues(page, product)
    league = _league(page, there)
    frame = newest(page, product, league)
    positions = sorted(frame["position"].drop_nulls().unique(), key=sort_key)
    ranked = "overall_rank" if "overall_rank" in frame.columns else f"-{product.sort_by or ''}"
    view = grids.view(
        page,
        frame,
        default=_USUAL.get(product.name, ()),
        sort=ranked,
        tie="player_id",
        searched=_SEARCHED,
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


def _best(values: Sequence[Any], column: str) -> int | None:
    """Which value leads, where more is clearly better; None otherwise."""
    more = {"vor", "war", "total_points", "points_per_game", "auction_value"}
    more |= {"dynasty_value", "ageing_value"}
    numbers = [v for v in values if isinstance(v, int | float)]
    if column not in more or len(numbers) < 2 or numbers.count(max(numbers)) > 1:
        return None
    return list(values).index(max(numbers))


def compare(page: Page) -> Response:
    """Two to four players, column by column."""
    known = outputs(page)
    if not known:
        return _nothing(page)
    product = chosen(page, known)
    league = _league(page, leagues(page, product))
    ids = list(dict.fromkeys(page.many("id")))
    if not 2 <= len(ids) <= _MOST:
        raise ConfigError(f"Compare two to {_MOST} players: choose them in the grid.")
    frame = newest(page, product, league)
    if "horizon" in frame.columns:
        # One row per season ahead; the next one is compared.
        frame = frame.filter(pl.col("horizon") == pl.col("horizon").min())
    by_id = {row["player_id"]: row for row in frame.to_dicts()}
    if lost := [i for i in ids if i not in by_id]:
        raise ConfigError(f"{', '.join(lost)[:200]} is not in {product.title} of this league.")
    players = [by_id[i] for i in ids]
    hidden = {"player_id", "player_name", "snapshot_date", "input_snapshot_id", "model_version"}
    hidden |= {"league"}
    rows = []
    for column in (c for c in frame.columns if c not in hidden):
        values = [player[column] for player in players]
        if any(v is not None for v in values):
            rows.append((column, values, _best(values, column)))
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
