"""Report of `analytics/projections`: the seasons to come, on one self-contained page."""

from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.domains.fantasy.products.projections.report import sections
from ff_analytics.domains.fantasy.products.projections.report.data import Outlook, read
from ff_analytics.engine.report.fragments import absent
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, percent, whole
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "What the next seasons may bring"


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the projections that `run` computed: the product's `report`."""
    return render(frame, meta_of(run, TITLE))


def render(frame: pl.DataFrame, meta: ReportMeta) -> str:
    """HTML of the first league of a frame of the contract `MultiYearProjection`."""
    if frame.is_empty():
        nothing = absent(
            "empty", "No players", "The projections have no players.", "ff ingest nflverse"
        )
        return page(
            meta, headline=TITLE, lede="There is nothing to show.", stats=[], sections=[nothing]
        )
    outlook = read(frame, meta.league)
    others = frame["league"].n_unique() - 1
    return page(
        meta.model_copy(update={"season": outlook.base_season + 1}),
        headline=meta.title,
        lede=_lede(outlook),
        stats=_stats(outlook, others),
        sections=[
            sections.next_season(outlook),
            sections.ranges(outlook),
            sections.years(outlook),
            sections.rookies(outlook),
            sections.everyone(outlook, meta),
            sections.method(outlook, meta),
        ],
        facts=[
            ("League", outlook.league),
            ("History up to", str(outlook.base_season)),
            ("Model", outlook.model.replace("-", " ")),
            ("Snapshot", meta.snapshot_date.isoformat()),
        ],
    )


def _lede(outlook: Outlook) -> str:
    first = outlook.players[0]
    season = first.next
    return (
        f"{first.player_name} is expected to score most in {season.season}: "
        f"{whole(season.total)} points, {number(season.per_game)} a game, with "
        f"{percent(season.share)} of the games played."
    )


def _stats(outlook: Outlook, others: int) -> list[Stat]:
    new = sum(player.evidence == "draft slot" for player in outlook.players)
    thin = sum(player.evidence in ("thin history", "absent") for player in outlook.players)
    stats = [
        Stat("Players", whole(len(outlook.players)), f"{len(outlook.positions)} positions"),
        Stat("Not seen yet", whole(new), "expected by their draft slot"),
        Stat("Thin record", whole(thin), "mostly the prior of their position"),
    ]
    return [*stats, Stat("Further leagues", whole(others), "in the output")] if others else stats
