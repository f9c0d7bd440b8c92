"""The history of a mart in the names of now: renamed in place, read under new names in the past."""

from typing import Any

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.official.renamed import former_names, rename_columns
from ff_analytics.engine.products.published import mart_checks
from ff_analytics.engine.products.run import start
from ff_analytics.engine.products.stages.load_mart import _read

MART = "analytics.mrt_player_valuation"
# As release 0.1 made it, as far as it matters here.
FORMER = (
    "CREATE SCHEMA IF NOT EXISTS analytics; "
    f"CREATE TABLE {MART} (player_id VARCHAR, league_profile VARCHAR, snapshot_date DATE, "
    "season_asof INTEGER, projected_points DOUBLE, ppg DOUBLE, dynasty_value DOUBLE); "
    f"INSERT INTO {MART} VALUES ('a', 'x', '2026-02-01', 2025, 170, 10, 30), "
    "('a', 'x', '2026-02-02', 2025, 187, 11, NULL)"
)
NOW = ["player_id", "league", "snapshot_date", "season"]
NOW += ["total_points", "points_per_game", "ageing_value"]


def test_every_row_and_day_stays(lake_settings: Settings) -> None:
    def make(con: Any) -> None:
        con.execute(FORMER)

    lake.commit(lake.Provenance(author="t", message="0.1"), make, settings=lake_settings)
    valuation = products.load("valuation")
    before = lake.read(f"FROM {MART} ORDER BY ALL", settings=lake_settings)
    assert former_names(before.columns, valuation)["league"] == "league_profile"
    assert rename_columns(products.loadable(), lake_settings, "t") == [MART]
    after = lake.read(f"FROM {MART} ORDER BY ALL", settings=lake_settings)
    assert after.columns == NOW
    assert after.rows() == before.rows()
    assert former_names(after.columns, valuation) == {}
    assert rename_columns(products.loadable(), lake_settings, "t") == []


def test_without_a_lake_there_is_nothing_to_rename(lake_settings: Settings) -> None:
    assert rename_columns(products.loadable(), lake_settings, "t") == []


def test_a_snapshot_from_before_is_read_under_the_new_names(lake_settings: Settings) -> None:
    mart = "analytics.mrt_multi_year_projections"
    (source,) = (i for i in products.load("dynasty-value").inputs if i.mart == mart)
    columns = ", ".join(f"'{c}' AS {'basis' if c == 'evidence' else c}" for c in source.columns)
    rows = f"SELECT {columns}, 'dynasty_half_ppr' AS league, DATE '2026-02-01' AS snapshot_date"

    def make(con: Any) -> None:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS analytics; CREATE TABLE {mart} AS {rows}")

    lake.commit(lake.Provenance(author="t", message="0.1"), make, settings=lake_settings)
    run = start("dynasty-value", {}, settings=lake_settings)
    with lake.connect(settings=lake_settings) as con:
        before = lake.snapshot_of(con)
    rename_columns([products.load("projections")], lake_settings, "t")
    for snapshot in (before, None):
        with lake.connect(snapshot=snapshot, settings=lake_settings) as con:
            frame = _read(source, run, con, before)
            checked = mart_checks(con, source, run.params, run.snapshot_date, on_the_past=True)
        assert frame.columns == list(source.columns)
        assert frame["evidence"].to_list() == ["evidence"]
        assert [check.check for check in checked] == ["rows"]
