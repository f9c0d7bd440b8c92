"""Why a report cannot compare with the market."""

from ff_analytics.engine.report.fragments import Section, absent


def no_market(anchor: str, title: str, matched: int) -> Section:
    """The section of a report without a comparison; `matched` players have a market value."""
    # Not at the top: a page is made without numpy.
    from ff_analytics.domains.fantasy.formulas.value.market import FEWEST_PLAYERS

    command = "ff ingest market-values"
    if not matched:
        reason = (
            "No market values of the league's format and of the seasons in question are in the "
            "lake, so the market cannot be compared."
        )
    elif matched < FEWEST_PLAYERS:
        reason = (
            f"{matched} players have a market value, and a comparison needs {FEWEST_PLAYERS}; the "
            "load of a longer list names those that were not matched."
        )
    else:
        reason = f"None of the {matched} players with a market value has a value to compare."
        command = ""
    return absent(anchor, title, reason, command)
