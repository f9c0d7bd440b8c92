"""Report of `analytics/valuation`: what every player is worth, on one self-contained page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.domains.fantasy.products.valuation.report import (
    auction,
    contracts,
    market,
    table,
    value,
)
from ff_analytics.domains.fantasy.products.valuation.report.data import Board, read, share
from ff_analytics.engine.report.fragments import Section, absent
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import dollars, number, percent, whole
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

LEADERS = 12
TITLE = "What every player is worth"


def render(frame: pl.DataFrame, meta: ReportMeta | Mapping[str, Any]) -> str:
    """HTML of a valuation.

    `frame` meets the contract `PlayerValuation` (one row per player of one league and date);
    an empty frame gives a page that says so. `meta` may be a mapping with the fields of
    `ReportMeta`; a field that is missing or unknown raises `pydantic.ValidationError`. League,
    season, basis, baseline and snapshot that it leaves out are read from the frame.
    """
    meta = _complete(ReportMeta.model_validate(meta), frame)
    board = read(frame)
    if not board.players:
        empty = absent("empty", "No players", "The valuation has no players.", "ff ingest nflverse")
        return page(
            meta,
            headline=meta.title,
            lede="There is nothing to show.",
            stats=[],
            sections=[empty, table.method(board, meta)],
            facts=_facts(meta),
        )
    return page(
        meta,
        headline=meta.title,
        lede=_lede(board),
        stats=_stats(board, meta),
        sections=_sections(board, meta),
        facts=_facts(meta),
    )


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the valuation that `run` computed: the product's `report`."""
    return render(frame, meta_of(run, TITLE))


def _complete(meta: ReportMeta, frame: pl.DataFrame) -> ReportMeta:
    columns = {
        "league": "league",
        "season": "season",
        "basis": "basis",
        "baseline": "baseline_method",
        "lake_snapshot": "input_snapshot_id",
    }
    found = {
        field: frame[column][0]
        for field, column in columns.items()
        if getattr(meta, field) is None and column in frame.columns and frame.height
    }
    return meta.model_copy(update=found)


def _sections(board: Board, meta: ReportMeta) -> list[Section]:
    return [
        value.top_players(board),
        value.by_position(board),
        value.drop_off(board),
        value.tiers(board),
        auction.auction(board, meta),
        value.ranges(board),
        contracts.contracts(board),
        market.ageing(board),
        market.market(board),
        table.everyone(board, meta),
        table.method(board, meta),
    ]


def _lede(board: Board) -> str:
    first = board.players[0]
    if first.vor <= 0:
        return "No player is worth more than his replacement."
    richest = max(board.positions, key=lambda position: position.value)
    return (
        f"{first.player_name} is worth most: {number(first.total_points)} points, "
        f"{number(first.vor)} more than a replacement {first.position}. "
        f"{richest.title} hold {percent(share(richest.value, board.value))} of all value above "
        "replacement."
    )


def _stats(board: Board, meta: ReportMeta) -> list[Stat]:
    above = sum(len(position.above) for position in board.positions)
    leaders = sum(max(0.0, player.vor) for player in board.players[:LEADERS])
    steep = max(board.positions, key=lambda position: position.cliff[1] if position.cliff else 0.0)
    stats = [
        Stat("Players valued", whole(len(board.players)), f"{len(board.positions)} positions"),
        Stat("Above replacement", whole(above), "worth a starting slot"),
        Stat("Sum of prices", dollars(board.money), auction.budget_words(meta)),
        Stat(
            f"Held by the best {min(LEADERS, len(board.players))}",
            percent(share(leaders, board.value)),
            "of all value above replacement",
        ),
    ]
    if steep.cliff:
        before, step = steep.cliff
        stats.append(Stat("Largest step", f"{whole(step)} points", f"after {before.label}"))
    return stats


def _facts(meta: ReportMeta) -> list[tuple[str, str]]:
    rows = [
        ("League", meta.league),
        ("Season", None if meta.season is None else str(meta.season)),
        ("Points", None if not meta.basis else meta.basis.replace("_", " ")),
        ("Baseline", None if not meta.baseline else meta.baseline.replace("_", " ")),
        ("Snapshot", meta.snapshot_date.isoformat()),
        ("Lake snapshot", None if meta.lake_snapshot is None else f"{meta.lake_snapshot}"),
    ]
    return [(label, text) for label, text in rows if text]
