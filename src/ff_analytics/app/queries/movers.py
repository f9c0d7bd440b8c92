"""Who moved most between the two newest days of a product's history."""

from dataclasses import dataclass
from datetime import date

from ff_analytics.engine.lake.attach.catalog import quote
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.read.declared import all_products
from ff_analytics.engine.read.reader import Reader

_SHOWN = 6


@dataclass(frozen=True)
class Mover:
    """One row whose leading number moved."""

    key: str
    label: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Movers:
    """The biggest movers of one product and league or tenant."""

    product: Product
    scope: str
    column: str
    before: date
    after: date
    rows: tuple[Mover, ...]


def _of(reader: Reader, product: Product) -> list[Movers]:
    columns = reader.columns().get(product.mart, {})
    column = product.diff_by or product.sort_by
    scope = product.scope.column if product.scope else None
    needed = {"snapshot_date", column, product.label, "player_id"}
    if None in needed or not needed <= set(columns) or (scope and scope not in columns):
        return []
    of = quote(scope) if scope else "''"
    mart, change = quote(product.mart), "abs(a.value - b.value)"
    frame = reader.ask(
        f"WITH days AS (SELECT DISTINCT {of} AS scope, snapshot_date AS day FROM {mart}), "
        "newest AS (SELECT scope, day, "
        "row_number() OVER (PARTITION BY scope ORDER BY day DESC) AS n FROM days QUALIFY n <= 2), "
        f"rows AS (SELECT {of} AS scope, snapshot_date AS day, player_id AS key, "
        f"max({quote(product.label or '')}) AS label, max({quote(column or '')})::DOUBLE AS value "
        f"FROM {mart} GROUP BY ALL) "
        "SELECT a.scope, b.day AS before_day, a.day AS after_day, a.key, a.label, "
        "b.value AS before, a.value AS after FROM rows a "
        "JOIN newest na ON na.scope = a.scope AND na.day = a.day AND na.n = 1 "
        "JOIN newest nb ON nb.scope = a.scope AND nb.n = 2 "
        "JOIN rows b ON b.scope = a.scope AND b.day = nb.day AND b.key = a.key "
        "WHERE a.value <> b.value "
        f"QUALIFY row_number() OVER (PARTITION BY a.scope ORDER BY {change} DESC, a.key) "
        f"<= {_SHOWN} ORDER BY a.scope, {change} DESC, a.key"
    )
    found = []
    for (name,), rows in frame.group_by("scope", maintain_order=True):
        first = rows.row(0, named=True)
        moved = tuple(
            Mover(row["key"], row["label"] or row["key"], row["before"], row["after"])
            for row in rows.to_dicts()
        )
        found.append(
            Movers(product, str(name), column or "", first["before_day"], first["after_day"], moved)
        )
    return found


def movers(reader: Reader) -> list[Movers]:
    """Of every product whose history has two days; empty while there is one."""
    there = reader.tables()
    return [m for p in all_products() if p.mart in there for m in _of(reader, p)]
