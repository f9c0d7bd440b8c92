"""Real NFL seasons from a release server on loopback, through the worker."""

from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import get_settings
from tests.e2e.conftest import Platform
from tests.fakes.release_server import serve
from tests.waiting import LIMIT

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(LIMIT)]
SEASONS = list(range(1999, 2020))


@pytest.fixture(scope="module")
def real(platform: Platform, real_data_dir: Path) -> Path:
    """A data folder of its own with every real season loaded and 2019 valued."""
    data = platform.data.parent / "real-data"
    env = {"FF_DATA_DIR": str(data)}
    with serve(real_data_dir / "nflverse") as server:
        platform.run("ingest/nflverse", env, seasons=SEASONS, base_url=server.url)
    platform.run("analytics/valuation", env, league="redraft_ppr")
    return data


@pytest.fixture(autouse=True)
def _its_lake(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FF_DATA_DIR", str(real))
    get_settings.cache_clear()


def test_ppr_points_equal_the_providers_on_every_row() -> None:
    rows = lake.read(
        "SELECT count(*) AS rows, count(*) FILTER "
        "(abs(fantasy_points - provider_fantasy_points_ppr) > 0.01) AS wrong "
        "FROM marts.mrt_fantasy_actuals_weekly "
        "WHERE league = 'redraft_ppr' AND position IN ('QB', 'RB', 'WR', 'TE')"
    ).row(0)
    assert rows[0] > 100_000
    assert rows[1] == 0


def test_2019_is_valued_as_people_remember_it(real: Path) -> None:
    frame = pl.read_parquet(real / "analytics/player_valuation/redraft_ppr/latest.parquet")
    best = frame.sort("overall_rank").head(2)["player_name"].to_list()
    assert best == ["Christian McCaffrey", "Michael Thomas"]
    assert frame["auction_value"].sum() == 12 * 200
