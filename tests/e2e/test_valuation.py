"""The main job, as typed: deploy, worker, `prefect deployment run 'analytics/valuation'`."""

import json
import subprocess
import sys

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings, get_settings
from tests.e2e.conftest import NEW_PRODUCT, Platform, api
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)


@pytest.fixture(scope="session")
def valued(sample: Platform) -> Platform:
    done = sample.prefect("deployment", "run", "analytics/valuation", "--watch")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{sample.worker_log()}"
    return sample


@pytest.fixture
def its_settings(valued: Platform, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FF_DATA_DIR", str(valued.data))
    get_settings.cache_clear()
    return get_settings()


def test_parquet_and_mart_hold_the_same_rows(valued: Platform, its_settings: Settings) -> None:
    published = pl.read_parquet(valued.data / "analytics/player_valuation/latest.parquet")
    columns = ", ".join(published.columns)
    (league,) = published["league"].unique()
    mart = lake.read(
        f"SELECT {columns} FROM analytics.mrt_player_valuation WHERE league = '{league}'"
    )
    assert published.height > 300
    assert mart.sort("player_id").equals(published.sort("player_id"))


def test_dollars_add_up_to_the_leagues_budgets(valued: Platform) -> None:
    published = pl.read_parquet(valued.data / "analytics/player_valuation/latest.parquet")
    assert published["auction_value"].sum() == 12 * 250


def test_people_find_their_artifacts(valued: Platform) -> None:
    keys = {a["key"] for a in api(valued, "/artifacts/filter", limit=200)}
    assert keys >= {
        "valuation-dynasty-half-ppr-top",
        "valuation-dynasty-half-ppr-checks",
        "valuation-dynasty-half-ppr-run",
        "valuation-dynasty-half-ppr-dbt",
        "ingest-sample",
        "ingest-sample-progress",
    }


def test_lineage_leads_from_marts_to_file_to_mart(valued: Platform) -> None:
    query = {"event": {"name": ["prefect.asset.materialization.succeeded"]}}
    wanted = {
        "file://data/analytics/player_valuation/latest.parquet",
        "ducklake://lake/analytics/mrt_player_valuation",
    }

    def keys() -> set[str]:
        found = api(valued, "/events/filter", filter=query)["events"]
        return {e["resource"]["prefect.resource.id"] for e in found}

    # Events reach the server some seconds after the run that sent them.
    until(f"lineage of {wanted}", lambda: keys() >= wanted, lambda: str(keys()), every=0.5)


def test_the_report_is_there_and_complete(valued: Platform) -> None:
    html = (valued.data / "reports/valuation.html").read_text()
    assert html.rstrip().endswith("</html>")


def test_the_run_tells_its_stages_in_order(valued: Platform) -> None:
    runs = api(valued, "/flow_runs/filter", flows={"name": {"any_": ["analytics"]}})
    names = [
        t["name"].split()[0]
        for t in api(
            valued,
            "/task_runs/filter",
            sort="EXPECTED_START_TIME_ASC",
            flow_runs={"id": {"any_": [runs[0]["id"]]}},
        )
    ]
    assert names == ["ingest-check", "load-mart", "compute", "write-parquet", "build-dbt-marts"]


def test_every_cron_deployment_has_scheduled_runs(platform: Platform) -> None:
    deployments = [d for d in api(platform, "/deployments/filter") if d["schedules"]]
    assert len(deployments) >= 4
    without = []
    for deployment in deployments:
        found = api(
            platform,
            "/flow_runs/count",
            deployments={"id": {"any_": [deployment["id"]]}},
            flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}},
        )
        without += [deployment["name"]] if found == 0 else []
    assert without == []


def test_a_second_deploy_changes_nothing(platform: Platform) -> None:
    before = sorted(d["id"] for d in api(platform, "/deployments/filter"))
    done = platform.prefect("--no-prompt", "deploy", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(d["id"] for d in api(platform, "/deployments/filter")) == before


def test_a_scaffolded_product_deploys_and_runs(sample: Platform) -> None:
    sample.run(f"analytics/{NEW_PRODUCT}")
    frame = pl.read_parquet(sample.data / "analytics/trade_radar/latest.parquet")
    assert set(frame["position"]) >= {"QB", "RB", "WR", "TE"}


def test_a_wrong_parameter_ends_failed_with_a_sentence(valued: Platform) -> None:
    before = (valued.data / "analytics/player_valuation/latest.parquet").stat()
    words = ("deployment", "run", "analytics/valuation", "--watch")
    assert valued.prefect(*words, "--param=league=no_such_league").returncode != 0
    failed = {"state": {"type": {"any_": ["FAILED"]}}}
    run = api(valued, "/flow_runs/filter", sort="START_TIME_DESC", limit=1, flow_runs=failed)[0]
    assert "no_such_league" in run["state"]["message"]
    assert "dynasty_half_ppr" in run["state"]["message"]
    after = (valued.data / "analytics/player_valuation/latest.parquet").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_past_snapshot_reproduces_the_output(valued: Platform, its_settings: Settings) -> None:
    latest = valued.data / "analytics/player_valuation/latest.parquet"
    info = pl.read_parquet_metadata(latest)
    arguments = ["--as-of", info["ff.lake_snapshot"], "--snapshot-date", info["ff.snapshot_date"]]
    subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "run", "valuation", *arguments],
        env={**__import__("os").environ, **valued.env},
        check=True,
    )
    again = next((latest.parent / "dynasty_half_ppr" / "as_of").glob("*.parquet"))
    assert pl.read_parquet(again).equals(pl.read_parquet(latest))
    assert json.loads(pl.read_parquet_metadata(again)["ff.parameters"])["as_of"]
