"""Any interleaving of runs and kills ends as one clean run does.

Ingests, two products and maintenance run in processes of their own, two at a time, without a
server. They are killed at random moments and at random fault points. `FF_TEST_KILLS` says how
often (100 in the nightly suite), `FF_TEST_SEED` repeats the choices of a run.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ff_analytics.engine import lake
from tests.fakes.reader import Reader
from tests.fakes.small_league import WANTED, League

KILLS = int(os.environ.get("FF_TEST_KILLS", "15"))
SEED = int(os.environ.get("FF_TEST_SEED", time.time_ns() % 1_000_000))
pytestmark = pytest.mark.timeout(300 + 20 * KILLS)

POINTS = {
    "ingest": (
        *("ingest.after-fetch", "ingest.before-upsert", "lake.before-commit"),
        *("lake.after-commit", "ingest.after-upsert"),
    ),
    "product": (
        *("lake.before-commit", "lake.after-commit", "ingest-check.before-record"),
        *("dbt.before-build", "dbt.after-build", "load-mart.after-pin"),
        *("compute.before", "compute.after", "write-parquet.before-replace"),
        *("write-parquet.after-replace", "build-dbt-marts.before", "build-dbt-marts.after"),
    ),
    "maintenance": (
        *("backup.before-replace", "maintenance.after-flush"),
        *("maintenance.after-merge", "maintenance.after-expire"),
    ),
}
KEPT = (
    "SELECT * FROM raw_nflverse.player_week ORDER BY ALL",
    "SELECT * FROM marts.mrt_fantasy_actuals_weekly ORDER BY ALL",
)


@dataclass
class Storm:
    """Processes that work on one league and die; `killed` counts by kind and by fault point."""

    league: League
    dice: random.Random
    running: list[tuple[str, "subprocess.Popen[str]"]] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Start something; every second one carries a fault point."""
        kind = self.dice.choice(("ingest", "product", "product", "maintenance"))
        point = self.dice.choice(POINTS[kind])
        env = {"FF_FAULT": f"{point}=kill"} if self.dice.random() < 0.5 else {}
        league = self.league
        starts: dict[str, Callable[[], subprocess.Popen[str]]] = {
            "ingest": lambda: league.start_ingest(2024, 2025, **env),
            "product": lambda: league.start(self.dice.choice(("valuation", "template")), **env),
            "maintenance": lambda: league.start_maintenance(**env),
        }
        self.running.append((kind, starts[kind]()))

    def end(self) -> None:
        """Let one of them run for a moment, then kill it, if it has not ended by itself."""
        kind, process = self.running.pop(self.dice.randrange(len(self.running)))
        try:
            said = process.communicate(timeout=self.dice.uniform(0.3, 6.0))[1]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1]
        if process.returncode == -signal.SIGKILL:
            self.killed.append(kind)
        else:
            assert process.returncode == 0, f"{kind}: {said}"

    def rage(self, kills: int) -> None:
        """Go on until so many have been killed; none is left alive."""
        while len(self.killed) < kills:
            while len(self.running) < 2:
                self.begin()
            if self.dice.random() < 0.2:
                self.league.restate(self.dice.choice((2024, 2025)))
            self.end()
        while self.running:
            self.end()


def finish(league: League) -> list[pl.DataFrame]:
    """Run everything once, in peace; what is stored and published then."""
    league.ingest(2024, 2025)
    report = league.run(**WANTED)
    assert report.outcome == "completed", report.error
    stored = [lake.read(query, settings=league.settings) for query in KEPT]
    return [league.published(), league.mart(), *stored]


def test_any_interleaving_of_runs_and_kills_ends_as_one_clean_run(league: League) -> None:
    sys.stdout.write(f"repeat with FF_TEST_SEED={SEED} FF_TEST_KILLS={KILLS}\n")
    league.restore("stale")
    league.restate(2025)
    storm = Storm(league, random.Random(SEED))
    with Reader(league, any_rows=True) as reader:
        storm.rage(KILLS)
    with lake.exclusive("probe", timeout=1.0, settings=league.settings):
        pass
    found = finish(league)
    reader.check()
    # The clean run: the same files of the provider, on the lake of before.
    release = league.keep_release()
    league.restore("stale")
    league.take_release(release)
    for got, wanted in zip(found, finish(league), strict=True):
        assert_frame_equal(got, wanted, check_exact=True)
