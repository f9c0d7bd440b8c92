"""The sortable table of players, and the section that explains the numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from ff_analytics.domains.fantasy.products.valuation.report import words
from ff_analytics.domains.fantasy.products.valuation.report.data import Board, Player
from ff_analytics.engine.base.contracts.columns import words_at
from ff_analytics.engine.report.fragments import Section, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import dollars, number, price, signed, whole

# As many as twelve rosters hold; the page shows more rows after a search or a click.
FIRST = 300
CONTRACT = "ff_analytics.domains.fantasy.products.valuation.contract:PlayerValuation"


@dataclass(frozen=True)
class Column:
    """A column of the full table; `optional` ones vanish when no player has a value."""

    label: str
    field: str
    text: Callable[[float | None], str] = whole
    optional: bool = False

    @property
    def help(self) -> str:
        return words_at(CONTRACT)[self.field].help


def _gap(value: float | None) -> str:
    return signed(None if value is None else value * 100, suffix="%")


COLUMNS = (
    Column("Age", "age", number, optional=True),
    Column("Games", "games"),
    Column("Points", "total_points", number),
    Column("Per game", "points_per_game", number),
    Column("Pos. rank", "position_rank"),
    Column("VOR", "vor", number),
    Column("WAR", "war", lambda value: number(value, 2)),
    Column("Price", "auction_value", price),
    Column("Tier", "tier"),
    Column("P10", "p10", number),
    Column("P50", "p50", number),
    Column("P90", "p90", number),
    Column("Drop", "scarcity_dropoff", number, optional=True),
    Column("Salary", "salary", dollars, optional=True),
    Column("$ per win", "contract_efficiency_dollar_per_war", dollars, optional=True),
    Column("Ageing", "ageing_value", whole, optional=True),
    Column("Market", "market_value", whole, optional=True),
    Column("Gap", "market_gap_pct", _gap, optional=True),
)


def everyone(board: Board, meta: ReportMeta) -> Section:
    """Every row of the output; the page shows the first ones until a search."""
    columns = [column for column in COLUMNS if not column.optional or board.known(column.field)]
    body = fragment(
        "valuation/table.html.j2",
        columns=columns,
        rows=[(player, _cells(player, columns)) for player in board.players],
        first=FIRST if len(board.players) > FIRST else 0,
        franchises=board.known("franchise") > 0,
        positions=[position.name for position in board.positions],
    )
    return Section("players", "All players", body, _table_lead(board, meta), "Table")


def _cells(player: Player, columns: list[Column]) -> list[str]:
    return [column.text(getattr(player, column.field)) for column in columns]


def _table_lead(board: Board, meta: ReportMeta) -> str:
    where = f" Every column is in {meta.parquet_path}." if meta.parquet_path else ""
    return f"All {whole(len(board.players))} players, by value over replacement.{where}"


def method(board: Board, meta: ReportMeta) -> Section:
    """How the numbers were made, what is missing, and the meaning of every column."""
    body = fragment(
        "valuation/method.html.j2",
        basis=words.explain(words.BASES, meta.basis),
        baseline=words.explain(words.BASELINES, meta.baseline),
        method=words.METHOD,
        meta=meta,
        gaps=_gaps(board),
        columns=words_at(CONTRACT),
    )
    return Section("method", "Method and columns", body, nav="Method")


def _gaps(board: Board) -> list[str]:
    """What is not known about how many players."""
    labels = {
        "age": "age",
        "team": "NFL team",
        "salary": "salary",
        "market_value": "market value",
        "ageing_value": "ageing value",
    }
    total = len(board.players)
    known = {label: board.known(column) for column, label in labels.items()}
    return [
        f"{label}: known for {whole(count)} of {whole(total)}" if count else f"{label}: not known"
        for label, count in known.items()
        if count < total
    ]
