"""The generic load through server and worker, as its users start it."""

import pytest

from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.platform.processes.services import free_port
from tests.e2e.conftest import Platform, api
from tests.fakes.rows import RowsSource
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
NAME = "Enterprise Data Pipeline/production-etl"


def rows_in(platform: Platform, table: str) -> object:
    settings = Settings(data_dir=platform.data)
    return lake.read(f"SELECT count(*) FROM {table}", settings=settings).item()


def test_it_completes_with_both_ways_to_give_parameters(platform: Platform) -> None:
    source = RowsSource(
        rows=[{"metric_date": "2026-11-01", "region": f"r{n}", "visits": n} for n in range(120)]
    )
    with serve(source.app(), Faults()) as base:
        words = [f"--param=source_url={base}/link", "--param=batch_size=50", "--param=paging=link"]
        done = platform.prefect("deployment", "run", NAME, "--watch", *words)
        assert "Completed" in done.stdout, done.stdout + platform.worker_log()
    assert [r.query_params["limit"] for r in source.journal] == ["50", "50", "50"]
    done = platform.prefect("deployment", "run", NAME, "--watch", '--params={"batch_size": 200}')
    assert "Completed" in done.stdout, done.stdout + platform.worker_log()
    assert rows_in(platform, "public.daily_metrics") == 150


def test_an_unreachable_host_is_tried_again_three_times(platform: Platform) -> None:
    url = f"http://127.0.0.1:{free_port()}/gone"
    assert platform.ended(NAME, source_url=url)["state_type"] == "FAILED"
    runs = api(platform, "/task_runs/filter", task_runs={"name": {"like_": "extract"}})
    failed = [run for run in runs if run["state"]["type"] == "FAILED"]
    assert [run["run_count"] for run in failed] == [4]


def test_a_wrong_url_is_refused_at_once(platform: Platform) -> None:
    run = platform.ended(NAME, source_url="invalid://url")
    assert run["state_type"] == "FAILED"
    assert "source_url: " in run["state"]["message"]
