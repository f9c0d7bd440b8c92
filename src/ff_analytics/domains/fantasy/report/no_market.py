"""Why a report cannot compare with the market."""


def no_market(matched: int) -> str:
    """One sentence and the next step; `matched` players have a market value of their own."""
    # Not at the top: a page is made without numpy.
    from ff_analytics.domains.fantasy.formulas.value.market import FEWEST_PLAYERS

    if not matched:
        return (
            "No market values of the league's format and of the seasons in question are in the "
            "lake, so the market cannot be compared. Load them with "
            "ingest/market-values."
        )
    if matched < FEWEST_PLAYERS:
        return (
            f"{matched} players have a market value, and a comparison needs {FEWEST_PLAYERS}. Load "
            "a longer list with ingest/market-values; its run names those that were not matched."
        )
    return f"None of the {matched} players with a market value has a value of ours to compare."
