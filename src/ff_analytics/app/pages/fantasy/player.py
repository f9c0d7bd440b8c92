"""One player: value and its history, weeks, projections with ranges, contract, market."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.web.lines import over_days
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.provenance import measured_errors
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.numbers import number
from ff_analytics.engine.report.svg import Scale

VALUES = "analytics.mrt_player_valuation"
DYNASTY = "analytics.mrt_dynasty_value_composite"
AHEAD = "analytics.mrt_multi_year_projections"
WEEKS = "marts.mrt_fantasy_actuals_weekly"
CONTRACTS = "marts.mrt_contract_current"
MARKET = "marts.mrt_market_value_current"
_TRACKED = (
    (VALUES, "league", "vor", "VOR"),
    (DYNASTY, "league", "dynasty_value", "Dynasty value"),
)


def _rows(page: Page, table: str, sql: str, values: Sequence[Any]) -> pl.DataFrame | None:
    """Rows of a table of ours; None when the lake has no such table."""
    return page.reader.ask(sql, values) if table in page.reader.tables() else None


def _latest(page: Page, table: str, column: str, player: str, league: str) -> dict[str, Any] | None:
    found = _rows(
        page,
        table,
        f"SELECT * FROM {table} WHERE player_id = ? AND {column} = ? "
        "ORDER BY snapshot_date DESC LIMIT 1",
        [player, league],
    )
    return found.row(0, named=True) if found is not None and found.height else None


def _leagues(page: Page, player: str) -> list[str]:
    there = page.reader.tables()
    parts = [
        f"SELECT DISTINCT {column} AS league FROM {table} WHERE player_id = $1"
        for table, column in ((VALUES, "league"), (DYNASTY, "league"), (WEEKS, "league"))
        if table in there
    ]
    if not parts:
        return []
    sql = " UNION ".join(parts) + " ORDER BY league"
    return [name for (name,) in page.reader.ask(sql, [player]).iter_rows()]


def _history(page: Page, player: str, league: str) -> list[tuple[str, int, Markup | None, Any]]:
    """Title, days, chart (from two days on) and newest value of each tracked number."""
    found = []
    for table, column, value, title in _TRACKED:
        frame = _rows(
            page,
            table,
            f"SELECT snapshot_date, {value} FROM {table} WHERE player_id = ? AND {column} = ? "
            f"AND {value} IS NOT NULL ORDER BY snapshot_date",
            [player, league],
        )
        if frame is None or frame.is_empty():
            continue
        points = list(frame.iter_rows())
        chart = over_days(points, f"{title} by day") if len(points) > 1 else None
        found.append((title, len(points), chart, points[-1][1]))
    return found


def _ahead(page: Page, player: str, league: str) -> tuple[list[Any], Markup]:
    """Projected seasons with their ranges, and the axis over them."""
    frame = _rows(
        page,
        AHEAD,
        f"SELECT * FROM {AHEAD} WHERE player_id = $1 AND league = $2 AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {AHEAD} WHERE league = $2) ORDER BY projection_season",
        [player, league],
    )
    rows = frame.to_dicts() if frame is not None else []
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


def _weeks(page: Page, player: str, league: str) -> tuple[int | None, list[Any], Markup | None]:
    frame = _rows(
        page,
        WEEKS,
        "SELECT season, week, season_type, opponent_team, games_played, fantasy_points "
        f"FROM {WEEKS} WHERE player_id = $1 AND league = $2 AND season = "
        f"(SELECT max(season) FROM {WEEKS} WHERE player_id = $1 AND league = $2) ORDER BY week",
        [player, league],
    )
    if frame is None or frame.is_empty():
        return None, [], None
    rows = frame.to_dicts()
    season = rows[0]["season"]
    points = [row["fantasy_points"] or 0.0 for row in rows]
    bars = [(f"Week {r['week']}: {number(v)} points", v) for r, v in zip(rows, points, strict=True)]
    mean = sum(points) / len(points)
    chart = charts.columns(
        bars, Scale.covering(points), mean, len(points) + 1, f"Points by game of {season}"
    )
    return season, rows, chart


def player(page: Page) -> Response:
    """All that the lake knows of one player in one league."""
    who = page.request.path_params["id"]
    there = _leagues(page, who)
    if not there:
        raise ConfigError(f"No player {who[:60]!r} is in the lake. The grid of players has all.")
    asked = page.get("league")
    league = asked if asked in there else there[0]
    value = _latest(page, VALUES, "league", who, league)
    dynasty = _latest(page, DYNASTY, "league", who, league)
    season, weeks, week_chart = _weeks(page, who, league)
    ahead, axis = _ahead(page, who, league)
    known = value or dynasty or {}
    name = known.get("player_name") or (ahead[0][0]["player_name"] if ahead else who)
    contract = _rows(
        page,
        CONTRACTS,
        f"SELECT season, salary, contract_type, franchise FROM {CONTRACTS} "
        "WHERE player_id = ? AND league = ? ORDER BY season",
        [who, league],
    )
    market = _rows(
        page,
        MARKET,
        f"SELECT format, provider, value, valued_on FROM {MARKET} WHERE player_id = ? ORDER BY ALL",
        [who],
    )
    body = part(
        "player.html.j2",
        page=page,
        who=who,
        league=league,
        leagues=there,
        known=known,
        value=value,
        dynasty=dynasty,
        history=_history(page, who, league),
        season=season,
        weeks=weeks,
        week_chart=week_chart,
        ahead=ahead,
        axis=axis,
        measured=measured_errors(AHEAD).get("points_per_game", "") if ahead else "",
        contract=contract.to_dicts() if contract is not None else [],
        market=market.to_dicts() if market is not None else [],
    )
    crumbs = [(page.link("/players", league=league), "Players")]
    tables = [t for t in (VALUES, DYNASTY, AHEAD, WEEKS, CONTRACTS) if t in page.reader.tables()]
    return show(page, str(name), body, crumbs=crumbs, sources=tables)
