"""Report of `backtest/weekly`: how far projections were from what came."""

from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.domains.fantasy.products.backtest.report.data import (
    BASELINES,
    CELLS,
    DEFAULT,
    MARKET,
    Figures,
    read,
)
from ff_analytics.domains.fantasy.products.backtest.run import ALL_POSITIONS
from ff_analytics.domains.fantasy.products.backtest.weekly import HORIZON, OURS, RECORD, THEIRS
from ff_analytics.domains.fantasy.projection.week.walk_forward import POSITIONS
from ff_analytics.domains.fantasy.report.positions import css, title
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import percent
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "How good the projections were"

NOTES = (
    "Each forecast was made from a copy of the data that ends with the season before: every "
    "constant is fitted again, on the past alone.",
    "Asked about are the best 36 quarterbacks, 72 running backs, 96 wide receivers and 36 tight "
    "ends of the season before, in PPR scoring. Points per game are scored for those with six "
    "games and more in the target season; the others count in the lists.",
    "Capture: how much of the value over replacement that came, a list of 24, 48 or 100 players "
    "drawn up from the forecasts held, against the best possible list. Dynasty: the same for "
    "three seasons, a fifth discounted per year.",
    "History alone does not beat the experts before a season at one year ahead: they know of "
    "injuries, trades and training camps. With their rankings loaded, the market model uses both.",
)


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the back-test that `run` computed: the product's `report`."""
    return render(frame, meta_of(run, TITLE))


def render(frame: pl.DataFrame, meta: ReportMeta) -> str:
    """HTML of a frame of the contract `BackTest`."""
    if frame.is_empty():
        nothing = absent("empty", "No figures", "The back-test has no rows.", "ff backtest")
        return page(
            meta, headline=TITLE, lede="There is nothing to show.", stats=[], sections=[nothing]
        )
    figures = read(frame)
    return page(
        meta,
        headline=meta.title,
        lede=_lede(figures),
        stats=_stats(figures),
        sections=[
            _errors(figures),
            _market(figures),
            _weeks(figures),
            _measures(figures),
            _lists(figures),
            _seasons(figures),
            _method(),
        ],
        facts=[
            ("Target seasons", f"{figures.first} to {figures.last}"),
            ("Scoring", "PPR"),
            ("Snapshot", meta.snapshot_date.isoformat()),
        ],
    )


def _lede(figures: Figures) -> str:
    cells = [cell for cell in CELLS if figures.known(cell)]
    ahead = sum(figures.error(DEFAULT, c) < figures.error("last-season", c) for c in cells)
    marcel = sum(figures.error(DEFAULT, c) < figures.error("marcel", c) for c in cells)
    return (
        f"Closer than last season's points in {ahead} of {len(cells)} combinations of position and "
        f"horizon, closer than Marcel in {marcel}."
    )


def _stats(figures: Figures) -> list[Stat]:
    covered = [figures.value(DEFAULT, "coverage", *c) for c in CELLS if figures.known(c)]
    stats = [
        Stat(
            "80 % ranges held",
            f"{percent(min(covered))} to {percent(max(covered))}",
            "lowest and highest cell",
        )
    ]
    for name, measure, horizon in (
        ("Best 48, one year", "capture_48", 1),
        ("Best 48, three years", "dynasty_capture_48", 3),
    ):
        if figures.has(DEFAULT, measure, ALL_POSITIONS, horizon):
            value = figures.value(DEFAULT, measure, ALL_POSITIONS, horizon)
            stats.append(Stat(name, percent(value), "of the value that could be had"))
    return stats


def _errors(figures: Figures) -> Section:
    rows = [
        (horizon, position, css(position), figures.row("mae", position, horizon))
        for position, horizon in CELLS
        if figures.known((position, horizon))
    ]
    body = fragment("backtest/errors.html.j2", rows=rows, models=figures.models)
    lead = "Mean absolute error in points per game; the best of each row is bold."
    return Section("errors", "Errors", body, lead)


def _market(figures: Figures) -> Section:
    if not figures.ranked:
        return absent(
            "market",
            "Beside the rankings",
            "No rankings from before the tested seasons are in the lake.",
            "ff ingest rankings --history",
        )
    rows = []
    for position, players in figures.ranked.items():
        errors = figures.row("ranked_mae", position, 1)
        orders = figures.row("ranked_spearman", position, 1)
        share, held, t = (
            figures.value(MARKET, f"ranked_{name}", position, 1)
            for name in ("share", "coverage", "t")
        )
        cells = [(e, o, best) for (e, best), (o, _) in zip(errors, orders, strict=True)]
        rows.append((position, css(position), players, share, cells, held, t))
    body = fragment("backtest/market.html.j2", rows=rows, models=figures.models)
    lead = (
        "One year ahead, only players with a ranking from before the season: error, and rank "
        "correlation in brackets. rankings is their rank alone, turned into points by a line in "
        "its logarithm fitted on the seasons before; market is the ridge with the rank."
    )
    return Section("market", "Beside the rankings", body, lead, "Rankings")


def _weeks(figures: Figures) -> Section:
    positions = [p for p in POSITIONS if figures.has(OURS, "weekly_mae", p, HORIZON)]
    if not positions:
        return absent(
            "weeks",
            "Week by week",
            "No weekly rankings of two seasons and more are in the lake.",
            "ff ingest rankings --week 1",
        )
    rows = []
    for position in positions:
        ours, theirs, record = (
            figures.value(model, "weekly_mae", position, HORIZON)
            for model in (OURS, THEIRS, RECORD)
        )
        share, held, t = (
            figures.value(OURS, f"weekly_{name}", position, HORIZON)
            for name in ("share", "coverage", "t")
        )
        errors = [(value, value == min(ours, theirs, record)) for value in (record, theirs, ours)]
        rows.append((position, css(position), share, errors, held, t))
    body = fragment("backtest/weeks.html.j2", rows=rows)
    lead = (
        "Mean absolute error in points of a week: starters of each week's ranking who played, in "
        "the scoring of the default league. rankings is a line in the logarithm of the rank; ours "
        "is the median of analytics/weekly-projections, fitted on the weeks before."
    )
    return Section("weeks", "Week by week", body, lead, "Weeks")


def _measures(figures: Figures) -> Section:
    names = ("spearman", "r2", "wape", "bias", "coverage", "better_than_last_season")
    rows = [
        (
            horizon,
            position,
            css(position),
            [figures.value(DEFAULT, name, position, horizon) for name in names],
        )
        for position, horizon in CELLS
        if figures.known((position, horizon))
    ]
    body = fragment("backtest/measures.html.j2", rows=rows)
    lead = "Of the default model. Coverage is meant to be 80 %; bias is forecast minus actual."
    return Section("measures", "Order, bias and ranges", body, lead, "Measures")


def _lists(figures: Figures) -> Section:
    names = [
        ("capture_24", 1, "Best 24, next season"),
        ("capture_48", 1, "Best 48, next season"),
        ("capture_100", 1, "Best 100, next season"),
        ("dynasty_capture_48", 3, "Best 48, three seasons"),
        ("dynasty_spearman", 3, "Rank correlation, three seasons"),
    ]
    rows = [
        (label, figures.row(name, ALL_POSITIONS, horizon))
        for name, horizon, label in names
        if figures.has(DEFAULT, name, ALL_POSITIONS, horizon)
    ]
    if not rows:
        return absent(
            "lists",
            "Lists",
            "Too few seasons are in the lake for a list of all positions.",
            "ff ingest nflverse",
        )
    body = fragment("backtest/lists.html.j2", rows=rows, models=figures.models)
    return Section("lists", "What a list would have caught", body, nav="Lists")


def _seasons(figures: Figures) -> Section:
    rows = figures.by_season("mae", 1, (DEFAULT, *BASELINES))
    positions = [(p, title(p)) for p in dict.fromkeys(p for p, _ in CELLS)]
    body = fragment("backtest/seasons.html.j2", rows=rows, positions=positions)
    lead = "Error one year ahead: the default model, and last season's points in brackets."
    return Section("seasons", "Season by season", body, lead, "Seasons")


def _method() -> Section:
    return Section("method", "How it is measured", fragment("backtest/method.html.j2", notes=NOTES))
