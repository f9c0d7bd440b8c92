"""How far the projections were off on past seasons: the kept figures of the back-test, in words."""

from collections.abc import Mapping
from functools import cache

_PROJECTIONS = "analytics.mrt_multi_year_projections"


@cache
def _sentences() -> Mapping[str, str]:
    from ff_analytics.domains.fantasy.products.backtest.stored import load

    stored = load()
    whose = f"model {stored.model}, target seasons {stored.first_season} to {stored.last_season}"

    def one_ahead(measure: str, form: str) -> str:
        parts = (name.split("/") for name in stored.figures)
        known = sorted(p for what, p, ahead in parts if what == measure and ahead == "1")
        values = (stored.figures[f"{measure}/{position}/1"] for position in known)
        return ", ".join(f"{p} {v:{form}}" for p, v in zip(known, values, strict=True))

    error = (
        f"Mean absolute error one season ahead, points per game: {one_ahead('mae', '.1f')} "
        f"({whose})."
    )
    held = (
        f"Share of seasons between P10 and P90, nominal 80 %: {one_ahead('coverage', '.0%')} "
        f"({whose})."
    )
    return {
        "points_per_game": error,
        "points_per_game_p10": held,
        "points_per_game_p50": error,
        "points_per_game_p90": held,
    }


def measured(table: str) -> Mapping[str, str]:
    """Sentence by column of `table`; empty where nothing was measured."""
    return _sentences() if table == _PROJECTIONS else {}
