"""One player: value and its history, weeks, projections with ranges, contract, market."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.queries.player import AHEAD, PlayerFacts, player_facts
from ff_analytics.app.web.lines import over_days
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.engine.read.provenance import measured_errors
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.numbers import number
from ff_analytics.engine.report.svg import Scale


def _history(known: PlayerFacts) -> list[tuple[str, int, Markup | None, Any]]:
    """Title, days, chart (from two days on) and newest value of each tracked number."""
    return [
        (title, len(points), over_days(points, f"{title} by day") if points[1:] else None, last)
        for title, points in known.history
        for last in [points[-1][1]]
    ]


def _ahead(rows: Sequence[dict[str, Any]]) -> tuple[list[Any], Markup]:
    """Projected seasons with their ranges, and the axis over them."""
    ends = [r[f"points_per_game_{q}"] for r in rows for q in ("p10", "p90")]
    scale = Scale.covering(ends)
    lines = []
    for row in rows:
        low, middle, high = (row[f"points_per_game_{q}"] for q in ("p10", "p50", "p90"))
        tip = (
            f"{row['projection_season']}: {number(low)} to {number(high)}, median {number(middle)}"
        )
        lines.append((row, charts.whisker(scale, low, middle, high, tip)))
    return lines, charts.axis(scale, lambda value: number(value, 0))


def _weeks(rows: Sequence[dict[str, Any]]) -> tuple[int | None, Markup | None]:
    """The season of the weeks, and their points as columns."""
    if not rows:
        return None, None
    season = rows[0]["season"]
    points = [row["fantasy_points"] or 0.0 for row in rows]
    bars = [(f"Week {r['week']}: {number(v)} points", v) for r, v in zip(rows, points, strict=True)]
    mean = sum(points) / len(points)
    chart = charts.columns(
        bars, Scale.covering(points), mean, len(points) + 1, f"Points by game of {season}"
    )
    return season, chart


def player(page: Page) -> Response:
    """All that the lake knows of one player in one league."""
    known = player_facts(page.reader, page.request.path_params["id"], page.get("league"))
    season, week_chart = _weeks(known.weeks)
    ahead, axis = _ahead(known.ahead)
    body = part(
        "player.html.j2",
        page=page,
        who=known.id,
        league=known.league,
        leagues=known.leagues,
        known=known.value or known.dynasty or {},
        value=known.value,
        dynasty=known.dynasty,
        history=_history(known),
        season=season,
        weeks=known.weeks,
        week_chart=week_chart,
        ahead=ahead,
        axis=axis,
        measured=measured_errors(AHEAD).get("points_per_game", "") if ahead else "",
        contract=known.contract,
        market=known.market,
    )
    crumbs = [(page.link("/players", league=known.league), "Players")]
    return show(page, known.name, body, crumbs=crumbs, sources=known.tables)
