"""Report of `analytics/dynasty-value`: what the seasons ahead are worth, on one page."""

from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.domains.fantasy.products.dynasty_value.report import sections
from ff_analytics.domains.fantasy.products.dynasty_value.report.data import Ledger, read
from ff_analytics.engine.report.fragments import absent
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, whole
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "What the years ahead are worth"


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the values that `run` computed: the product's `report`."""
    weights = {f"weight_{k}": v for k, v in getattr(run.params, "weights", {}).items()}
    return render(frame, meta_of(run, TITLE), weights)


def render(frame: pl.DataFrame, meta: ReportMeta, weights: dict[str, float]) -> str:
    """HTML of a frame of the contract `DynastyValue`; an empty one gives a page that says so.

    `weights`: by option name, as `weight_vor`.
    """
    ledger = read(frame)
    if not ledger.players:
        empty = absent("empty", "No players", "No rows.", "ff run projections")
        return page(
            meta, headline=TITLE, lede="There is nothing to show.", stats=[], sections=[empty]
        )
    return page(
        meta,
        headline=meta.title,
        lede=_lede(ledger),
        stats=_stats(ledger),
        sections=[
            sections.top(ledger),
            sections.ages(ledger),
            sections.trades(ledger),
            sections.presets(ledger),
            sections.picks(ledger),
            sections.everyone(ledger, meta),
            sections.method(meta, weights),
        ],
        facts=_facts(frame, meta),
    )


def _lede(ledger: Ledger) -> str:
    first = ledger.assets[0]
    young = [p for p in ledger.assets[:25] if p.age is not None and p.age < 25]
    return (
        f"{first.player_name} is the best asset: {number(first.dynasty_value)} points above "
        f"replacement over the years ahead. {len(young)} of the first "
        f"{min(25, len(ledger.assets))} assets are players under 25."
    )


def _stats(ledger: Ledger) -> list[Stat]:
    bands = [player.trade_band or "" for player in ledger.players]
    stats = [
        Stat("Assets", whole(len(ledger.assets)), f"{len(ledger.picks)} of them draft picks"),
        Stat(
            "Roster spot",
            f"{number(ledger.players[0].roster_spot_cost)} points",
            "the best free agent",
        ),
    ]
    if ledger.picks:
        pick = max(ledger.picks, key=lambda p: p.dynasty_value)
        stats.append(Stat("First pick", f"{number(pick.dynasty_value)} points", pick.player_name))
    if any(bands):
        stats += [
            Stat("To buy", whole(sum("BUY" in band for band in bands)), "beyond the noise"),
            Stat("To sell", whole(sum("SELL" in band for band in bands)), "beyond the noise"),
        ]
    return stats


def _facts(frame: pl.DataFrame, meta: ReportMeta) -> list[tuple[str, str]]:
    return [
        ("League", meta.league or ""),
        ("Seasons", f"from {frame['base_season'][0] + 1}"),
        ("Preset", str(frame["outlook"][0])),
        ("Snapshot", meta.snapshot_date.isoformat()),
        ("Lake snapshot", "" if meta.lake_snapshot is None else str(meta.lake_snapshot)),
    ]
