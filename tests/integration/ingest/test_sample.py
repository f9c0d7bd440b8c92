"""The sample league goes through the same code, and never mixes with real rows."""

import re
from collections.abc import Callable

import duckdb
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]

TABLES = (
    *("raw_nflverse.player_week", "raw_nflverse.players", "raw_nflverse.schedules"),
    *("raw_league.rosters", "raw_league.contracts", "raw_market.values"),
)


@pytest.fixture
def small_sample(lake_settings: Settings) -> Settings:
    """The sample folder of seed 7, already written, with two seasons only."""
    write_league(lake_settings.sample_dir, seed=7, seasons=(2024, 2025))
    (lake_settings.sample_dir / "seed.txt").write_text("7")
    return lake_settings


def test_the_sample_fills_every_table_once(small_sample: Settings, stored: Query) -> None:
    first, again = (run_ingest("sample", {"seed": 7}) for _ in range(2))
    for table in TABLES:
        [(rows, origins)] = stored(f"SELECT count(*), list(DISTINCT _origin) FROM {table}")
        assert (bool(rows), origins) == (True, ["sample"]), table
    assert again.totals["unchanged"] == first.totals["new"]
    assert not again.changed


def test_a_real_load_replaces_the_sample(
    small_sample: Settings, ingest: Ingest, stored: Query
) -> None:
    run_ingest("sample", {"seed": 7})
    summary = ingest(2023)
    for table in TABLES:
        assert stored(f"SELECT count(*) FROM {table} WHERE _origin = 'sample'") == [(0,)]
    assert stored("SELECT count(*) FROM raw_nflverse.player_week") == [(60,)]
    assert stored("SELECT DISTINCT source FROM ops.cursors") == [("nflverse",)]
    assert re.match(r"sample rows were replaced in .*raw_nflverse.player_week", summary.warnings[0])
    assert ("raw_league.rosters", 2) in stored("SELECT table_name, version FROM ops.table_versions")


def test_the_history_of_invented_players_goes_with_them(
    small_sample: Settings, ingest: Ingest, stored: Query
) -> None:
    run_ingest("sample", {"seed": 7})
    marts = ("mrt_template", "mrt_player_valuation", "mrt_of_another_domain")

    def publish(con: "duckdb.DuckDBPyConnection") -> None:
        con.execute("CREATE SCHEMA analytics")
        for mart in marts:
            con.execute(f"CREATE TABLE analytics.{mart} AS SELECT 'Krelbin' AS player_name")
        con.execute("CREATE VIEW analytics.mrt_trade_targets AS FROM analytics.mrt_template")

    lake.commit(lake.Provenance(author="test", message="publish"), publish)
    summary = ingest(2023)
    assert [stored(f"SELECT count(*) FROM analytics.{mart}") for mart in marts] == [
        [(0,)],
        [(0,)],
        [(1,)],
    ]
    assert "analytics.mrt_template" in summary.warnings[0]


def test_a_failed_real_load_leaves_the_sample(
    small_sample: Settings, ingest: Ingest, stored: Query
) -> None:
    run_ingest("sample", {"seed": 7})
    with pytest.raises(Exception, match="does not exist"):
        ingest(2031)
    assert stored("SELECT DISTINCT _origin FROM raw_nflverse.players") == [("sample",)]


def test_the_sample_is_refused_over_real_rows(
    lake_settings: Settings, ingest: Ingest, stored: Query
) -> None:
    ingest(2023)
    with pytest.raises(ConfigError, match="holds real rows"):
        run_ingest("sample")
    assert not lake_settings.sample_dir.exists()
    assert stored("SELECT DISTINCT _origin FROM raw_nflverse.players") == [("nflverse",)]


def test_the_default_sample_is_written_when_missing(lake_settings: Settings) -> None:
    summary = run_ingest("sample")
    assert len({part.part for part in summary.parts if part.dataset == "player_week"}) >= 6
    assert (lake_settings.sample_dir / "seed.txt").read_text() == "2026"
