"""Sheets of rosters, and of cap beside the contracts."""

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import partial

import polars as pl

from ff_analytics.domains.fantasy.sources.league_sheet import cells
from ff_analytics.domains.fantasy.sources.league_sheet.players import player_ids
from ff_analytics.domains.fantasy.sources.league_sheet.sheet import Row, Sheet


def read_rosters(sheet: Sheet, people: pl.DataFrame, day: date) -> pl.DataFrame:
    """Rows of `raw_league.rosters`; a player whom two franchises list is with neither."""
    sheet.need("player", "player_id")
    sheet.need("franchise")
    ids = player_ids(sheet, sheet.rows, people, day)
    seats: dict[str, list[tuple[Row, str, str]]] = {}
    for row in sheet.rows:
        before = len(sheet.flaws)
        franchise = sheet.franchise(row)
        slot = sheet.optional(row, "slot", cells.slot) or "active"
        if franchise and row.number in ids and len(sheet.flaws) == before:
            seats.setdefault(ids[row.number], []).append((row, franchise, slot))
    # Stored rows of a known player stay until his row is fixed.
    sheet.flaws = [replace(f, keys={"player_id": ids.get(f.row.number)}) for f in sheet.flaws]
    rows = []
    for player, said in seats.items():
        if len({(franchise, slot) for _, franchise, slot in said}) > 1:
            numbers = ", ".join(str(row.number) for row, _, _ in said)
            for row, _, _ in said:
                reason = f"rows {numbers} say different things about the same player"
                sheet.flaw(row, "franchise", reason, player_id=player)
        else:
            rows.append((player, *said[0][1:]))
    schema = dict.fromkeys(("player_id", "franchise", "slot"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def read_charges(sheet: Sheet) -> pl.DataFrame:
    """Rows of `raw_league.cap_charges`; entries that look the same are counted, not dropped."""
    for name in ("franchise", "season", "kind", "dollars"):
        sheet.need(name)
    sheet.numbers(("dollars",))
    rows = []
    seen: Counter[tuple[str, int, str, str]] = Counter()
    for row in sheet.rows:
        franchise = sheet.franchise(row)
        season = sheet.read(row, "season", cells.season)
        kind = sheet.read(row, "kind", cells.kind)
        money = partial(cells.dollars, style=sheet.style, signed=kind == "traded")
        dollars = sheet.read(row, "dollars", money)
        if franchise is None or season is None or kind is None or dollars is None:
            continue
        entry = row.text("entry") or row.text("player") or "entry"
        key = (franchise, season, kind, entry)
        seen[key] += 1
        label = entry if seen[key] == 1 else f"{entry} ({seen[key]})"
        rows.append((franchise, season, kind, label, float(dollars)))
    columns = {"franchise": pl.String, "season": pl.Int32, "kind": pl.String, "entry": pl.String}
    return pl.DataFrame(rows, schema={**columns, "dollars": pl.Float64}, orient="row")
