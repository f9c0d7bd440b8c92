"""Report of `analytics/weekly-projections`: the coming week on one self-contained page."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.domains.fantasy.report.positions import css, sort_key, title
from ff_analytics.engine.base.contracts.columns import words_at
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, short_name, whole
from ff_analytics.engine.report.page import Stat, page
from ff_analytics.engine.report.svg import Scale

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "The coming week"
CONTRACT = "ff_analytics.domains.fantasy.products.weekly_projections.contract:WeeklyProjection"
BEST = 15
FIRST = 300
METHOD = (
    (
        "Points",
        "Own record of the last 16 games, drawn to the median of the position by four games; the "
        "opponent's points allowed to the position; the team's points by the betting lines; home "
        "or away; the injury report; and the week's ranking in logarithms. A ridge regression "
        "gives the mean, a regression of least absolute deviations the median, per position, on "
        "the games of eight seasons before the week.",
    ),
    (
        "Range",
        "P10 and P90 of what past games left over whose median was nearest. In the back-test 78 to "
        "81 % of the games of ranked starters fell inside (docs/weekly.md).",
    ),
    (
        "Who is listed",
        "Players with a game in the last six weeks, and ranked ones. A bye and a player reported "
        "out have 0 points. From the first game of a week on, teams that have played are left out.",
    ),
)


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the projections that `run` computed: the product's `report`."""
    return render(frame, meta_of(run, TITLE))


def render(frame: pl.DataFrame, meta: ReportMeta) -> str:
    """HTML of a frame of the contract `WeeklyProjection`."""
    if frame.is_empty():
        nothing = absent(
            "empty", "No players", "The projections have no players.", "ff ingest nflverse"
        )
        return page(
            meta, headline=TITLE, lede="There is nothing to show.", stats=[], sections=[nothing]
        )
    rows = frame.sort("points", descending=True).to_dicts()
    positions = sorted(frame["position"].unique(), key=sort_key)
    season, week = rows[0]["season"], rows[0]["week"]
    headline = f"Week {week} of {season}"
    return page(
        meta.model_copy(update={"season": None, "title": headline}),
        headline=headline,
        lede=_lede(rows[0]),
        stats=_stats(frame),
        sections=[
            _best(rows, positions),
            _idle(rows),
            _everyone(rows, positions, meta),
            Section(
                "method",
                "Method",
                fragment("weekly_projections/method.html.j2", method=METHOD, meta=meta),
            ),
        ],
        facts=[
            ("League", rows[0]["league"]),
            ("Facts used", rows[0]["facts_used"]),
            ("Snapshot", meta.snapshot_date.isoformat()),
        ],
    )


def _against(row: dict[str, Any]) -> str:
    if row["opponent_team"] is None:
        return ""
    return f"{'' if row['home'] else '@'}{row['opponent_team']}"


def _lede(first: dict[str, Any]) -> str:
    against = f" against {first['opponent_team']}" if first["opponent_team"] else ""
    return (
        f"{first['player_name']} is expected to score most{against}: {number(first['points'])} "
        f"points, between {number(first['points_p10'])} and {number(first['points_p90'])} in eight "
        "of ten such weeks."
    )


def _stats(frame: pl.DataFrame) -> list[Stat]:
    availability = frame["availability"]
    doubt = availability.is_in(["questionable", "doubtful"]).sum()
    return [
        Stat("Players", whole(frame.height), f"{frame['position'].n_unique()} positions"),
        Stat("Bye", whole(int((availability == "bye").sum()))),
        Stat("Out", whole(int((availability == "out").sum())), "by the injury report"),
        Stat("In doubt", whole(int(doubt)), "questionable or doubtful"),
    ]


def _best(rows: list[dict[str, Any]], positions: list[str]) -> Section:
    scale = Scale.covering(row["points_p90"] for row in rows[:BEST])
    panels = []
    for position in positions:
        mine = [row for row in rows if row["position"] == position][:BEST]
        shown = [
            (
                row["player_name"] if position == "DST" else short_name(row["player_name"]),
                _against(row),
                row,
                charts.whisker(
                    scale,
                    max(row["points_p10"], 0.0),
                    row["points_p50"],
                    row["points_p90"],
                    f"{row['player_name']}: {number(row['points'])} points, P10 "
                    f"{number(row['points_p10'])} to P90 {number(row['points_p90'])}",
                ),
            )
            for row in mine
        ]
        panels.append((position, title(position), css(position), shown))
    body = fragment(
        "weekly_projections/best.html.j2", panels=panels, axis=charts.axis(scale, whole)
    )
    lead = "Band: P10 to P90 of the week. Dot: the median. @ is an away game."
    return Section("best", "Best of each position", body, lead, "Best")


def _idle(rows: list[dict[str, Any]]) -> Section:
    idle = [row for row in rows if row["availability"] in ("out", "doubtful", "questionable")]
    if not idle:
        reason = "No injury report of the week is loaded, or it is empty."
        command = "ff ingest nflverse --include-injuries"
        return absent("injuries", "Injury report", reason, command)
    body = fragment("weekly_projections/injuries.html.j2", rows=idle)
    return Section("injuries", "Injury report", body, "", "Injuries")


def _everyone(rows: list[dict[str, Any]], positions: list[str], meta: ReportMeta) -> Section:
    where = f" Every row is in {meta.parquet_path}." if meta.parquet_path else ""
    body = fragment(
        "weekly_projections/table.html.j2",
        words=words_at(CONTRACT),
        rows=[(row, css(row["position"]), _against(row)) for row in rows],
        positions=positions,
        first=FIRST if len(rows) > FIRST else 0,
    )
    return Section(
        "players", "All players", body, f"All {whole(len(rows))} players.{where}", "Table"
    )
