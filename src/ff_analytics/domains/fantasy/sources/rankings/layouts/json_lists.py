"""Average draft positions as JSON: Fantasy Football Calculator and Sleeper.

Formats: fantasyfootballcalculator.com/api/v1/adp/<scoring>?teams=&year= answers `meta` (type,
start_date, end_date) and `players` (name, position, team, adp, stdev). Sleeper's
api.sleeper.com/projections/nfl/<year> answers a list of player_id, player and stats, in which
adp_std, adp_half_ppr and adp_ppr are 999 for who is not drafted.
"""

from datetime import date
from typing import Any

import polars as pl

from ff_analytics.domains.fantasy.own_files.table import text_of, unusable
from ff_analytics.domains.fantasy.sources.rankings.layouts.columns import listed, moment_day
from ff_analytics.domains.fantasy.sources.rankings.options import RankingOptions
from ff_analytics.engine.base.bounds.limits import marked
from ff_analytics.engine.http import fast_json

UNDRAFTED = 999.0
_SLEEPER = {"adp_std": "standard", "adp_half_ppr": "half", "adp_ppr": "ppr"}
_FFC = {
    **{"non-ppr": "standard", "standard": "standard", "ppr": "ppr"},
    **{"half-ppr": "half", "half ppr": "half"},
}


def _json(data: bytes, url: str) -> Any:
    try:
        return marked(fast_json.loads(text_of(data, url).encode()))
    except ValueError as error:
        raise unusable(url, f"is not JSON ({error}).") from error


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _rows(rows: list[dict[str, Any]], url: str) -> pl.DataFrame:
    if not rows:
        raise unusable(url, "lists no drafted player.")
    return listed(pl.DataFrame(rows, infer_schema_length=None))


def ffc(data: bytes, url: str, options: RankingOptions) -> pl.DataFrame:
    """One list of Fantasy Football Calculator; it is of the last day of its drafts."""
    answer = _json(data, url)
    players = answer.get("players") if isinstance(answer, dict) else None
    if not isinstance(players, list):
        raise unusable(url, "holds no list of players; its layout has changed.")
    meta = answer.get("meta") or {}
    said = str(meta.get("type", "")).lower()
    if (scoring := _FFC.get(said)) is None:
        raise unusable(url, f"is a list of type {said!r}, not standard, half-ppr or ppr.")
    try:
        day = date.fromisoformat(str(meta.get("end_date")))
    except ValueError:
        raise unusable(
            url, f"has the end_date {meta.get('end_date')!r}, which is no date."
        ) from None
    common = {"kind": "redraft", "measure": "adp", "scoring": scoring, "page": "ALL", "week": 0}
    rows = [
        common | {
            "season": options.season,
            "listed_name": row.get("name"),
            "position": row.get("position"),
            "team": row.get("team"),
            "average": _number(row.get("adp")),
            "sd": _number(row.get("stdev")),
            "ranked_on": day,
        }
        for row in players
        if isinstance(row, dict)
    ]  # fmt: skip
    return _rows(rows, url)


def sleeper(data: bytes, url: str, options: RankingOptions, today: date) -> pl.DataFrame:
    """Sleeper's averages in three scorings; dated by the row, else by the day of the request."""
    answer = _json(data, url)
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise unusable(url, "holds no list of players; its layout has changed.")
    rows = []
    for row in answer:
        who, stats = row.get("player") or {}, row.get("stats") or {}
        name = f"{who.get('first_name') or ''} {who.get('last_name') or ''}".strip()
        day = moment_day(row.get("last_modified")) or moment_day(row.get("updated_at")) or today
        for field, scoring in _SLEEPER.items():
            average = _number(stats.get(field))
            if average is None or average >= UNDRAFTED:
                continue
            rows.append(
                {
                    **{"kind": "redraft", "measure": "adp", "scoring": scoring, "page": "ALL"},
                    **{"season": options.season, "week": 0, "listed_name": name},
                    **{"position": who.get("position"), "team": who.get("team")},
                    **{"average": average, "ranked_on": day, "sleeper_id": row.get("player_id")},
                }
            )
    return _rows(rows, url)
