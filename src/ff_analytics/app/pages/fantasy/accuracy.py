"""How far the projections were off: the kept figures, and the back-tests in the lake."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from starlette.responses import Response

from ff_analytics.app.web.lines import over_days
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.domains.fantasy.products.backtest.stored import load

MART = "analytics.mrt_backtest"
_MEASURES = (
    ("mae", "Mean absolute error", "points per game; lower is better"),
    ("coverage", "Share of seasons between P10 and P90", "nominal 80 %"),
    ("spearman", "Rank correlation", "of forecast and season; 1 is perfect"),
)


def _kept(figures: Mapping[str, float]) -> list[tuple[str, str, str, list[Any], list[int]]]:
    """Measure, title, unit, rows by position and the years ahead, of the figures in the code."""
    found = []
    for measure, title, unit in _MEASURES:
        cells = {
            (position, int(ahead)): value
            for name, value in figures.items()
            for what, position, ahead in [name.split("/")]
            if what == measure
        }
        years = sorted({ahead for _, ahead in cells})
        positions = sorted({position for position, _ in cells})
        rows = [(p, [cells.get((p, year)) for year in years]) for p in positions]
        found.append((measure, title, unit, rows, years))
    return found


def _of_lake(page: Page) -> tuple[Any, list[dict[str, Any]], Any]:
    """Day of the newest back-test, its mean error by model and position, and its history."""
    if MART not in page.reader.tables():
        return None, [], None
    frame = page.reader.ask(
        "SELECT snapshot_date, model, position, value, players, first_season, last_season "
        f"FROM {MART} WHERE measure = 'mae' AND horizon = 1 AND target_season = 0 "
        "ORDER BY snapshot_date, model, position"
    )
    if frame.is_empty():
        return None, [], None
    day = frame["snapshot_date"].max()
    newest = frame.filter(pl.col("snapshot_date") == day)
    kept = load().model
    own = frame.filter(pl.col("model") == kept)
    weighted = (pl.col("value") * pl.col("players")).sum() / pl.col("players").sum()
    by_day = own.group_by("snapshot_date").agg(value=weighted).sort("snapshot_date")
    points = list(by_day.iter_rows())
    chart = over_days(points, f"Mean absolute error of {kept} by day") if len(points) > 1 else None
    return day, newest.to_dicts(), chart


def accuracy(page: Page) -> Response:
    """The figures kept with the code, then what the lake's own back-tests found."""
    stored = load()
    day, rows, chart = _of_lake(page)
    body = part(
        "accuracy.html.j2",
        page=page,
        stored=stored,
        kept=_kept(stored.figures),
        capture=[(n, stored.figures.get(f"capture_{n}/ALL/1")) for n in (24, 48, 100)],
        day=day,
        rows=rows,
        chart=chart,
    )
    lede = (
        f"Forecasts for past seasons against the results: model {stored.model}, seasons "
        f"{stored.first_season} to {stored.last_season}, each forecast without later data."
    )
    return show(page, "Accuracy", body, lede=lede, sources=[MART] if day else [])
