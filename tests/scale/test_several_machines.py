"""Several machines under faults: hosts lost, Postgres and Redis restarted, while runs go on."""

import math
import os
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from tests.faults.site import measured
from tests.scale.numbers_flow import TABLE
from tests.scale.several import Several, several
from tests.waiting import FINAL, LIMIT, until

RUNS = int(os.environ.get("FF_TEST_SCALE_RUNS", "18"))
# With many runs the watch keeps to its own limit, else the test would last as long as that.
SILENCE = 100 if RUNS >= 100 else 60
REFUSED = range(-3, 0)
pytestmark = pytest.mark.timeout(LIMIT + 20 * RUNS)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    with several(tmp_path_factory.mktemp("several")) as running:
        running.deploy("count", "refuse")
        yield running


def ended(platform: Several, runs: dict[str, int], share: float = 1.0) -> dict[str, str]:
    """State types by run id, once this share of the runs has ended."""
    least = math.ceil(len(runs) * share)
    states: dict[str, str] = {}

    def enough() -> bool:
        states.update(platform.states(runs))
        return sum(state in FINAL for state in states.values()) >= least

    patience = 240 + 12 * len(runs)
    # Each look reads all runs, on the same processors as the runs.
    said = lambda: f"{states}\n{platform.logs()}"  # noqa: E731
    until(f"{least} runs ended", enough, said, patience=patience, every=1.0)
    return states


def executions(platform: Several) -> Counter[str]:
    """How often the code of each run began."""
    notes = (platform.folder / "notes").iterdir()
    return Counter(note.name.partition("_")[0] for note in notes)


def in_the_lake(platform: Several) -> list[tuple[int, int]]:
    settings = Settings(
        lake_catalog=platform.env["FF_LAKE_CATALOG"],
        lake_data=platform.env["FF_LAKE_DATA"],
        data_dir=platform.folder,
    )
    return lake.read(f"SELECT number, square FROM {TABLE} ORDER BY ALL", settings=settings).rows()


def break_one_after_the_other(platform: Several, runs: dict[str, int]) -> None:
    """A replica and a worker without a word, then Redis, then Postgres; all come back."""
    ended(platform, runs, 0.15)
    platform.hosts["second"].power_off()
    platform.hosts["fourth"].power_off()
    ended(platform, runs, 0.3)
    platform.redis.stop()
    time.sleep(5)
    platform.redis.start()
    ended(platform, runs, 0.4)
    platform.postgres.stop()
    time.sleep(10)
    platform.postgres.start()
    platform.start_replica("second")
    platform.start_worker("fourth")


def test_hosts_are_lost_and_stores_restarted_in_the_middle(platform: Several) -> None:
    for host in ("third", "fourth"):
        platform.start_worker(host)
    # Two watches of one data folder tell as much as one.
    for name in ("watch", "second-watch"):
        platform.start_watch(SILENCE, name)
    with measured(f"{RUNS} runs, two hosts lost, Redis and Postgres restarted"):
        runs = platform.submit_numbers("count", range(RUNS))
        refused = platform.submit_numbers("refuse", REFUSED, fail=True)
        break_one_after_the_other(platform, runs | refused)
        states = ended(platform, runs | refused)
    lost = {run: number for run, number in runs.items() if states[run] != "COMPLETED"}
    assert {states[run] for run in lost} <= {"CRASHED"}, platform.logs()
    # Two at a time were on the host that was lost.
    assert len(lost) <= 2
    assert {states[run] for run in refused} <= {"FAILED", "CRASHED"}
    # What a person would do: run again what crashed.
    again = platform.submit_numbers("count", list(lost.values()))
    assert set(ended(platform, again).values()) <= {"COMPLETED"}
    assert max(executions(platform).values()) == 1
    assert in_the_lake(platform) == [(number, number * number) for number in range(RUNS)]


def test_each_failure_was_told_once(platform: Several) -> None:
    ended_badly = {
        "flow_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}},
        "sort": "END_TIME_DESC",
    }
    messages = [
        run["state"]["message"] for run in platform.api("POST", "/flow_runs/filter", **ended_badly)
    ]
    assert len(messages) >= len(REFUSED)
    for message in messages:
        platform.discord.wait_for(message.rpartition(": ")[2])
    time.sleep(6)
    told = platform.discord.arrived()
    by_message = {m: sum(m.rpartition(": ")[2] in text for text in told) for m in messages}
    assert set(by_message.values()) == {1}, told


def test_the_proxy_asks_for_the_login_and_shows_the_pages(platform: Several) -> None:
    url = platform.env["PREFECT_API_URL"]
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.post(f"{url}/flow_runs/filter", json={}).status_code == 401
        assert stranger.get(f"{url}/health").status_code == 200
        assert "Prefect" in stranger.get(url.removesuffix("/api")).text
