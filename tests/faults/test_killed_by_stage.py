"""The real thing: server, worker, and the run's process killed in each of its five stages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from tests.fakes.reader import Reader, check_settled, check_whole
from tests.fakes.release_server import serve
from tests.fakes.small_league import WANTED, League
from tests.faults.site import Site, measured
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)

STAGES = ("ingest-check", "load-mart", "compute", "write-parquet", "build-dbt-marts")
# One instant in each of them; the marts are up to date, so dbt builds in the last one only.
INSTANTS = (
    "ingest-check.before-record",
    "load-mart.after-pin",
    "compute.after",
    "write-parquet.before-replace",
    "dbt.after-build",
)


@pytest.fixture(scope="module", autouse=True)
def _worker(site: Site) -> Iterator[None]:
    with site.worker("stages"):
        yield


@pytest.mark.parametrize("instant", INSTANTS)
def test_a_run_killed_in_a_stage_crashes_and_the_next_one_converges(
    site: Site, league: League, instant: str
) -> None:
    started = STAGES[: INSTANTS.index(instant) + 1]
    data = {"FF_DATA_DIR": str(league.data)}
    with Reader(league) as reader:
        with measured(f"trigger to Crashed, killed at {instant}"):
            killed = site.run("analytics/valuation", WANTED, **data, FF_FAULT=f"{instant}=kill")
        assert killed["state_type"] == "CRASHED", killed["state"]
        assert "SIGKILL" in killed["state"]["message"]
        # A task tells the server of its start in the background; the last one may be too late.
        assert site.tasks(killed, len(started) - 1) in (started, started[:-1])
        old, new = league.expected("before"), league.expected("wanted")
        assert league.published().equals(new if instant == "dbt.after-build" else old)
        check_whole(league)
        again = site.run("analytics/valuation", WANTED, **data)
    assert again["state_type"] == "COMPLETED", again["state"]
    reader.check()
    check_settled(league)


def test_an_ingest_killed_between_its_stages_loads_the_rest_next_time(
    site: Site, league: League
) -> None:
    league.restore("stale")
    league.restate(2024)
    options = {"seasons": [2024, 2025], "base_url": league.release.as_uri()}
    env = {"FF_DATA_DIR": str(league.data)}
    killed = site.run("ingest/nflverse", options, **env, FF_FAULT="ingest.before-upsert=kill")
    assert killed["state_type"] == "CRASHED", killed["state"]
    assert not league.season(2024).equals(league.delivered(2024))
    again = site.run("ingest/nflverse", options, **env)
    assert again["state_type"] == "COMPLETED", again["state"]
    assert league.season(2024).equals(league.delivered(2024))


def test_a_wrong_league_file_ends_failed(site: Site, league: League, tmp_path: Path) -> None:
    right = (PROJECT_ROOT / "leagues" / "dynasty_half_ppr.yaml").read_text()
    wrong = tmp_path / "dynasty_half_ppr.yaml"
    wrong.write_text(right.replace("teams: 12", "teams: twelve"))
    env = {"FF_DATA_DIR": str(league.data), "FF_LEAGUES_DIR": str(tmp_path)}
    run = site.run("analytics/valuation", WANTED, **env)
    assert run["state_type"] == "FAILED"
    line = right[: right.index("teams: 12")].count("\n") + 1
    assert f"{wrong}, line {line}: teams is 'twelve'" in run["state"]["message"]
    check_whole(league)


def test_an_empty_season_ends_failed(site: Site, league: League) -> None:
    env = {"FF_DATA_DIR": str(league.data)}
    run = site.run("analytics/valuation", {**WANTED, "season": 2019}, **env)
    assert run["state_type"] == "FAILED"
    assert "season 2019 is not loaded (expected one of 2024, 2025)" in run["state"]["message"]
    check_whole(league)


def test_a_corrupt_file_from_the_provider_ends_failed(site: Site, league: League) -> None:
    rows = league.season(2025)
    with serve(league.release) as server:
        server.fail("week_2025", body=b"PAR1 not really PAR1")
        options = {"seasons": [2025], "base_url": server.url}
        run = site.run("ingest/nflverse", options, FF_DATA_DIR=str(league.data))
    assert run["state_type"] == "FAILED"
    assert "week_2025.parquet is not a readable parquet file" in run["state"]["message"]
    assert league.season(2025).equals(rows)
