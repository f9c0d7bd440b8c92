"""The figures of a back-test as text: for the terminal, and for docs/accuracy.md."""

from pathlib import Path

import polars as pl

from ff_analytics.domains.fantasy.products.backtest.run import ALL_POSITIONS, ALL_SEASONS, HORIZONS
from ff_analytics.domains.fantasy.projection.data.settings import SKILL, Model

_MEASURES = ("spearman", "r2", "wape", "bias", "coverage", "better_than_last_season")
_LISTS = (
    ("capture_24", 1),
    ("capture_48", 1),
    ("capture_100", 1),
    ("capture_spearman", 1),
    ("dynasty_capture_48", 3),
    ("dynasty_spearman", 3),
)
Cells = list[list[str]]


def rows_of(file: Path) -> pl.DataFrame:
    """The published output with the columns of `back_test`."""
    return pl.read_parquet(file).rename({"target_season": "season"})


class _Look:
    """Figures over all seasons, as text."""

    def __init__(self, rows: pl.DataFrame) -> None:
        every = rows.filter(pl.col("season") == ALL_SEASONS)
        self._players = {
            row["position"]: row["players"]
            for row in every.filter(measure="ranked_mae", model=Model.MARKET.value).to_dicts()
        }
        keys = every.select("model", "measure", "position", "horizon", "value").rows()
        self._values = {row[:4]: row[4] for row in keys}
        self.models = [m.value for m in Model if m.value in set(every["model"])]

    def players(self, position: str) -> str:
        """How many player seasons with a ranking were measured."""
        return str(self._players.get(position, 0))

    def __call__(self, model: str, measure: str, position: str, horizon: int) -> str:
        value = self._values.get((model, measure, position, horizon))
        return "-" if value is None else f"{value:.3f}"


def _beside_rankings(look: _Look) -> list[tuple[str, Cells]]:
    """One year ahead, those who have a pre-season ranking: every model beside it."""
    if Model.RANKINGS.value not in look.models:
        return []
    market, n = Model.MARKET.value, look.players
    made = []
    for title, measure in (
        ("Players with a ranking, next season: mean absolute error", "ranked_mae"),
        ("The same players: Spearman", "ranked_spearman"),
    ):
        cells = [["position", "players", "share", *look.models]]
        for p in SKILL:
            share = look(market, "ranked_share", p, 1)
            cells.append([p, n(p), share, *(look(m, measure, p, 1) for m in look.models)])
        made.append((title, cells))
    more = ("ranked_bias", "ranked_coverage", "ranked_t")
    cells = [["position", "bias", "coverage", "t against rankings"]]
    cells += [[p, *(look(market, m, p, 1) for m in more)] for p in SKILL]
    return [*made, (f"The same players: measures of {market}", cells)]


def tables(rows: pl.DataFrame) -> list[tuple[str, Cells]]:
    """Title and cells (head first) of each table."""
    look = _Look(rows)
    default = Model.RIDGE.value
    errors = [["years", "position", *look.models]]
    rest = [["years", "position", *(m.replace("_", " ") for m in _MEASURES)]]
    for h in HORIZONS:
        for p in SKILL:
            errors.append([str(h), p, *(look(m, "mae", p, h) for m in look.models)])
            rest.append([str(h), p, *(look(default, m, p, h) for m in _MEASURES)])
    lists = [["list", *look.models]]
    for measure, h in _LISTS:
        label = measure.replace("_", " ")
        lists.append([label, *(look(m, measure, ALL_POSITIONS, h) for m in look.models)])
    found = [
        ("Mean absolute error, points per game", errors),
        (f"Measures of {default}", rest),
        ("Lists", lists),
    ]
    return [*found, *_beside_rankings(look)]


def text(rows: pl.DataFrame) -> str:
    """Aligned columns for a terminal."""
    lines = []
    for title, cells in tables(rows):
        widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
        lines += [title, *("  ".join(map(str.rjust, row, widths)) for row in cells), ""]
    return "\n".join(lines)


def markdown(rows: pl.DataFrame) -> str:
    """The same as Markdown tables."""
    lines = []
    for title, (head, *cells) in tables(rows):
        rule = [":---" if i < 1 else "---:" for i in range(len(head))]
        lines += [f"### {title}", ""]
        lines += [f"| {' | '.join(row)} |" for row in (head, rule, *cells)]
        lines += [""]
    return "\n".join(lines)
