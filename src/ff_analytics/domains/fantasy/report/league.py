"""A league profile in the words of a report."""

from typing import TYPE_CHECKING, Any

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.engine.report.numbers import MINUS

if TYPE_CHECKING:
    from ff_analytics.domains.fantasy.league.league import LeagueProfile


def facts(profile: "LeagueProfile") -> dict[str, Any]:
    """Fields of `ReportMeta` that a league profile gives: name, slots, scoring, money."""
    scoring = (
        f"{CATEGORIES.get(category, category)} = {points:g}".replace("= -", f"= {MINUS}")
        for category, points in profile.scoring.items()
        if points
    )
    return {
        "league": profile.name,
        "league_description": profile.description,
        "slots": tuple(f"{count} {slot}" for slot, count in profile.starting.items()),
        "scoring": tuple(scoring),
        "teams": profile.teams,
        "budget": float(profile.budget),
    }
