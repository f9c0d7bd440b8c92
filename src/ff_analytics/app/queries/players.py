"""Players of a product and league: its outputs, the newest day, some of them compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.lake.attach.catalog import quote
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.read.declared import all_products
from ff_analytics.engine.read.reader import Reader

# Columns of a first look, by product; the chooser has all others.
USUAL: Mapping[str, Sequence[str]] = {
    "valuation": (
        *("player_name", "position", "team", "franchise", "overall_rank", "total_points"),
        *("vor", "war", "auction_value", "tier", "p10", "p90", "salary"),
    ),
    "projections": (
        *("player_name", "position", "team", "age", "projection_season", "points_per_game"),
        *("points_per_game_p10", "points_per_game_p90", "games_share", "total_points"),
    ),
    "weekly-projections": (
        *("player_name", "position", "team", "opponent_team", "availability", "ranking"),
        *("points", "points_p10", "points_p50", "points_p90", "implied_points", "usage_trend"),
    ),
    "dynasty-value": (
        *("player_name", "position", "team", "franchise", "age", "overall_rank"),
        *("dynasty_value_score", "dynasty_value", "market_value", "market_gap_pct", "trade_band"),
    ),
}
_MOST = 4
SEARCHED = ("player_name", "team", "franchise", "position")


def outputs(reader: Reader) -> list[Product]:
    """Products with players whose history is in the lake, those with usual columns first."""
    columns = reader.columns()
    found = [p for p in all_products() if "player_id" in columns.get(p.mart, {})]
    order = list(USUAL)
    return sorted(found, key=lambda p: (order.index(p.name) if p.name in order else 9, p.name))


def chosen(name: str, known: Sequence[Product]) -> Product:
    """The product of that name; the first for an empty one."""
    name = name or known[0].name
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


def leagues(reader: Reader, product: Product) -> list[str]:
    """Leagues of the product's history, by name."""
    column = league_column(product, reader.columns()[product.mart])
    if not column:
        return []
    sql = f"SELECT DISTINCT {quote(column)} FROM {quote(product.mart)} ORDER BY 1"
    return [name for (name,) in reader.ask(sql).iter_rows() if name is not None]


def newest(reader: Reader, product: Product, league: str) -> pl.DataFrame:
    """The output's newest day of the league."""
    column = league_column(product, reader.columns()[product.mart])
    where, values = ("TRUE", []) if not column else (f"{quote(column)} = ?", [league])
    mart = quote(product.mart)
    return reader.ask(
        f"SELECT * FROM {mart} WHERE {where} AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {mart} WHERE {where})",
        [*values, *values],
    )


def chosen_league(name: str, there: Sequence[str]) -> str:
    """The league of that name; the first for an empty one, and none where there is none."""
    name = name or (there[0] if there else "")
    if there and name not in there:
        raise ConfigError(f"league={name[:40]!r} is not in the lake: {', '.join(there)}.")
    return name


def search(
    reader: Reader, product: Product, league: str, text: str = "", position: str = ""
) -> pl.DataFrame:
    """The newest day's players whose name, team or franchise has all words; the best first."""
    frame = newest(reader, product, league)
    there = [c for c in SEARCHED if c in frame.columns]
    whole = pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in there], separator=" ")
    for word in text.lower().split():
        frame = frame.filter(whole.str.to_lowercase().str.contains(word, literal=True))
    if position:
        frame = frame.filter(pl.col("position").str.to_lowercase() == position.lower())
    order = "overall_rank" if "overall_rank" in frame.columns else product.sort_by
    down = order != "overall_rank"
    if order and order in frame.columns:
        frame = frame.sort(order, "player_id", descending=[down, False], nulls_last=True)
    return frame


def _best(values: Sequence[Any], column: str) -> int | None:
    """Which value leads, where more is clearly better; None otherwise."""
    more = {"vor", "war", "total_points", "points_per_game", "auction_value"}
    more |= {"dynasty_value", "ageing_value"}
    numbers = [v for v in values if isinstance(v, int | float)]
    if column not in more or len(numbers) < 2 or numbers.count(max(numbers)) > 1:
        return None
    return list(values).index(max(numbers))


def compared(
    reader: Reader, product: Product, league: str, ids: Sequence[str]
) -> tuple[list[dict[str, Any]], list[tuple[str, list[Any], int | None]]]:
    """Two to four players of the newest day; column, their values, and which of them leads."""
    ids = list(dict.fromkeys(ids))
    if not 2 <= len(ids) <= _MOST:
        raise ConfigError(f"Compare two to {_MOST} players: choose them in the grid.")
    frame = newest(reader, product, league)
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
    return players, rows
