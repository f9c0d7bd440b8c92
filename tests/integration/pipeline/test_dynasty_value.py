"""analytics/dynasty-value on a small league: projections, an own market list, mart and targets."""

from pathlib import Path

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.ingest import run_ingest
from tests.fakes.small_league import WANTED, League

DAY = {"snapshot_date": WANTED["snapshot_date"]}


def own_market(league: League, file: Path) -> None:
    """Load a list that sees the season's points, one star left out and a stranger put in."""
    points = lake.read(
        "SELECT any_value(display_name) AS name, position, sum(fantasy_points) AS value "
        "FROM marts.mrt_fantasy_actuals_weekly WHERE league = 'dynasty_half_ppr' AND season = 2025 "
        "AND position IN ('QB', 'RB', 'WR', 'TE') GROUP BY player_id, position "
        "ORDER BY value DESC LIMIT 120",
        settings=league.settings,
    )
    listed = points.select("name", "position", pl.col("value").clip(0).round(0))
    stranger = pl.DataFrame({"name": ["No Body"], "position": ["WR"], "value": [150.0]})
    pl.concat([listed[1:], stranger]).with_columns(date=pl.lit("2026-02-01")).write_csv(file)
    run_ingest("market-values", {"provider": "own", "url": file.as_uri()}, settings=league.settings)


def test_a_run_leaves_values_targets_and_report(league: League, tmp_path: Path) -> None:
    refused = league.run("dynasty-value", **DAY)
    assert refused.error is not None
    assert "Run analytics/projections first" in refused.error
    assert league.run("projections", **DAY).error is None
    own_market(league, tmp_path / "values.csv")
    report = league.run("dynasty-value", **DAY)
    assert (report.outcome, report.error) == ("completed", None)
    published = pl.read_parquet(
        league.data / "analytics" / "dynasty_value_composite" / "latest.parquet"
    )
    mart = lake.read("FROM analytics.mrt_dynasty_value_composite", settings=league.settings)
    assert mart.height == published.height > 100
    targets = lake.read("FROM analytics.mrt_trade_targets", settings=league.settings)
    assert targets.height == published["trade_band"].count() > 50
    assert report.report is not None
    assert "Trade targets" in Path(report.report).read_text()
    # Another outlook on the same day is a scenario beside the official rows.
    other = league.run("dynasty-value", **DAY, outlook="rebuilder")
    again = lake.read("FROM analytics.mrt_dynasty_value_composite", settings=league.settings)
    assert (again.height, set(again["outlook"])) == (mart.height, set(mart["outlook"]))
    assert other.scenario is not None
    assert other.output is not None
    assert set(pl.read_parquet(other.output)["outlook"]) == {"rebuilder"}
