"""Number of matched names, and the unmatched ones: always reported in the run."""

import polars as pl

from ff_analytics.engine.sources.source import FetchContext

# Share of a list that ought to be known; real lists reach 95 %, the rest are prospects.
ENOUGH = 0.90
SHOWN = 200
NAMED = 5


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("matched_by").is_not_null()
    return rows.group_by("format", maintain_order=True).agg(
        listed=pl.len(),
        matched=known.sum(),
        by_id=pl.col("matched_by").eq("id").sum(),
        picks=pl.col("matched_by").eq("pick").sum(),
        matched_share=known.mean().round(4),
    )


def unmatched(rows: pl.DataFrame) -> pl.DataFrame:
    """Listings without a known player, most valuable first, with the reason."""
    return (
        rows.filter(pl.col("player_id").is_null())
        .sort("value", descending=True, nulls_last=True, maintain_order=True)
        .select("format", "listed_name", "position", "team", "value", "reason")
    )


def note_matches(context: FetchContext, provider: str, rows: pl.DataFrame) -> list[str]:
    """Put match rates and unmatched names among the run's tables and notes; return warnings."""
    rates, missing = _rates(rows), unmatched(rows)
    context.tables[f"{provider}-matches"] = rates.to_dicts()
    context.tables[f"{provider}-unmatched"] = missing.head(SHOWN).to_dicts()
    warnings = []
    for form, listed, matched, by_id, picks, share in rates.iter_rows():
        line = (
            f"{provider} {form}: {matched} of {listed} matched ({share:.1%}): {by_id} by id, "
            f"{picks} picks, {matched - by_id - picks} by name"
        )
        names = missing.filter(pl.col("format") == form)["listed_name"]
        if len(names):
            shown = ", ".join(names.head(NAMED).fill_null("(no name)"))
            line += f"; not matched, most valuable first: {shown}"
            line += " … (all: raw_market.listings)" if len(names) > NAMED else ""
        context.notes.append(line)
        if share < ENOUGH:
            warnings.append(f"{line}. Expected {ENOUGH:.0%} at least")
    return warnings
