"""Report of `analytics/cap-scenarios`: who has cap room, and what each move does to it."""

from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.domains.fantasy.products.cap_scenarios.report import sections
from ff_analytics.domains.fantasy.products.cap_scenarios.report.data import Table, of_cap_run
from ff_analytics.engine.report.fragments import absent
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import dollars, signed
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "Who has cap room"


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the scenarios that `run` computed: the product's `report`."""
    return render(of_cap_run(frame, run), meta_of(run, TITLE))


def render(table: Table, meta: ReportMeta) -> str:
    """HTML of a league's scenarios; without franchises a page that says so."""
    if not table.franchises:
        empty = absent("empty", "No franchises", "No rows.", "ff ingest league-sheet")
        return page(
            meta, headline=TITLE, lede="There is nothing to show.", stats=[], sections=[empty]
        )
    meta = meta.model_copy(update={"season": table.season})
    return page(
        meta,
        headline=meta.title,
        lede=_lede(table),
        stats=_stats(table),
        sections=[
            sections.room(table),
            sections.years(table),
            sections.dead(table),
            sections.scenarios(table),
            sections.cuts(table),
            sections.every_cut(table),
            sections.expiring(table),
            sections.method(table, meta),
        ],
        facts=_facts(table, meta),
    )


def _lede(table: Table) -> str:
    most, least = table.now[0], table.now[-1]
    first = f"{most.franchise} can spend most in {table.season}: {dollars(most.available)}."
    if least.available < 0:
        over = sum(line.available < 0 for line in table.now)
        return f"{first} {over} of {len(table.now)} franchises are over the cap."
    return f"{first} {least.franchise} has least: {dollars(least.available)}."


def _stats(table: Table) -> list[Stat]:
    dead, cap = sum(line.dead for line in table.now), sum(line.base for line in table.now)
    best = table.cuts[0] if table.cuts else None
    stats = [
        Stat(
            "Room in the league", dollars(sum(line.available for line in table.now)), "this season"
        ),
        Stat(
            "Under contract", dollars(sum(line.active for line in table.now)), f"of {dollars(cap)}"
        ),
        Stat("Dead cap", dollars(dead), "owed for players who are gone"),
    ]
    if best and best.freed > 0:
        stats.append(Stat("Largest relief", signed(best.freed, prefix="$"), f"cut {best.name}"))
    return stats


def _facts(table: Table, meta: ReportMeta) -> list[tuple[str, str]]:
    return [
        ("League", meta.league or ""),
        ("Season", str(table.season)),
        ("Cap", f"{dollars(table.rules.base)} a season"),
        ("Snapshot", meta.snapshot_date.isoformat()),
        ("Lake snapshot", str(meta.lake_snapshot or "")),
    ]
