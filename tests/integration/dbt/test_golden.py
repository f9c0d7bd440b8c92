"""The provider's own PPR points, reproduced on every row of the real files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ff_analytics.engine import dbt
from ff_analytics.engine.ingest.run import run_ingest
from tests.fakes.scoring import PPR
from tests.integration.dbt.conftest import Warehouse

SEASONS = list(range(1999, 2020))

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def real(new_warehouse: Callable[[], Warehouse], real_data_dir: Path) -> Warehouse:
    warehouse = new_warehouse()
    url = f"file://{real_data_dir}/nflverse"
    settings = warehouse.settings.model_copy(update={"nflverse_url": url})
    run_ingest("nflverse", {"seasons": SEASONS}, settings=settings)
    warehouse.load(
        raw_league__profiles=[{"league": "redraft_ppr", "json": "{}"}],
        raw_league__scoring_rules=[
            {"league": "redraft_ppr", "category": category, "points": float(points)}
            for category, points in PPR.items()
        ],
    )
    dbt.build("staging core marts", holder="test", settings=settings)
    return warehouse


def test_points_equal_the_providers_on_every_row(real: Warehouse) -> None:
    worst = real.rows(
        "SELECT player_id, season, week, fantasy_points, provider_fantasy_points_ppr "
        "FROM marts.mrt_fantasy_actuals_weekly WHERE position <> 'DST' AND "
        "coalesce(abs(fantasy_points - provider_fantasy_points_ppr), 1) > 0.01 LIMIT 5"
    )
    assert worst == []


def test_no_row_of_the_files_is_lost(real: Warehouse) -> None:
    query = "SELECT count(*) FROM marts.mrt_fantasy_actuals_weekly WHERE position <> 'DST'"
    assert real.value(query) == real.value("SELECT count(*) FROM raw_nflverse.player_week")
    seasons = "SELECT count(DISTINCT season) FROM marts.mrt_fantasy_actuals_weekly"
    assert real.value(seasons) == len(SEASONS)


def test_team_defences_exist_where_their_players_are_counted(real: Warehouse) -> None:
    teams = "SELECT count(DISTINCT team) FROM core.fct_defence_week WHERE season"
    assert real.value(f"{teams} < 2013") == 0
    assert real.value(f"{teams} >= 2013") == 32
