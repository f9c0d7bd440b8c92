"""How many names were matched, and which were not: in the run's notes and tables."""

import polars as pl

from ff_analytics.engine.sources.source import FetchContext

# Share of the names that players are drafted by; long tails hold camp bodies.
ENOUGH = 0.90
SHOWN = 200
NAMED = 5
_HEAD = ["season", "page", "scoring", "measure", "kind"]


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("player_id").is_not_null()
    return (
        rows.group_by(_HEAD)
        .agg(
            listed=pl.len(),
            matched=known.sum(),
            by_id=pl.col("matched_by").eq("id").sum(),
            matched_share=known.mean().round(4),
        )
        .sort(_HEAD)
    )


def unmatched(rows: pl.DataFrame) -> pl.DataFrame:
    """Names without a known player, best ranks first, with the reason."""
    return (
        rows.filter(pl.col("player_id").is_null())
        .unique(["season", "listed_name", "position", "reason"], maintain_order=True)
        .sort("average", maintain_order=True)
        .select("season", "page", "listed_name", "position", "team", "average", "reason")
    )


def note_matches(context: FetchContext, provider: str, rows: pl.DataFrame) -> list[str]:
    """Put match rates and unmatched names among the run's tables and notes; return warnings."""
    rates, missing = _rates(rows), unmatched(rows)
    context.tables[f"{provider}-matches"] = rates.to_dicts()
    context.tables[f"{provider}-unmatched"] = missing.head(SHOWN).to_dicts()
    listed, known, by_id = (int(rates[name].sum()) for name in ("listed", "matched", "by_id"))
    lists = rows.n_unique(["season", "week", *_HEAD[1:]])
    line = (
        f"{provider}: {known} of {listed} rows on {lists} lists matched ({known / listed:.1%}): "
        f"{by_id} by id, {known - by_id} by name or club"
    )
    if missing.height:
        shown = ", ".join(missing["listed_name"].head(NAMED))
        line += f"; not matched, best first: {shown}"
        line += " … (all: raw_rankings.listings)" if missing.height > NAMED else ""
    context.notes.append(line)
    return [f"{line}. Expected {ENOUGH:.0%} at least"] if known < ENOUGH * listed else []
