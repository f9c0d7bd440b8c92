"""The same models on a real Postgres, from an invented league: the same rows, tested there, too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics.engine import dbt, lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.dbt.postgres import address, attached
from tests.fakes import postgres
from tests.fakes.small_league import small_league

SOURCES = ("nflverse", "league", "market", "rankings")
STAGING = [f"path:models/staging/{source}" for source in SOURCES]
MODELS = [
    *("core.dim_player", "core.dim_league_scoring", "core.fct_player_week"),
    *("core.fct_defence_week", "marts.mrt_fantasy_actuals_weekly", "marts.mrt_player_season"),
    *("marts.mrt_market_value_current", "marts.mrt_contract_current"),
    *("marts.mrt_cap_charge_current", "analytics.mrt_player_valuation"),
]
SELECT = [*STAGING, *(model.partition(".")[2] for model in MODELS)]
# What a valuation does not build by itself.
REST = [*STAGING[1:], *(model.partition(".")[2] for model in MODELS[5:9])]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.serve("warehouse") as running:
        yield running


@pytest.fixture(scope="module")
def both(server: postgres.Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A lake with an invented league and its marts, and the Postgres with the same raw rows."""
    data = tmp_path_factory.mktemp("warehouse") / "data"
    shutil.copytree(small_league(tmp_path_factory.getbasetemp()).folder / "warm", data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FF_DATA_DIR", str(data))
        patch.setenv("FF_DBT_POSTGRES", server.dsn("warehouse"))
        get_settings.cache_clear()
        dbt.build(" ".join(REST), holder="test")
        assert "raw_nflverse.player_week" in script("load")
        script("build", "--select", *SELECT)
        yield get_settings()
    get_settings.cache_clear()


def script(*words: str) -> str:
    """Output of `ff dbt postgres`, which must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "dbt", "postgres", *words],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert postgres.PASSWORD not in done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_the_same_rows(both: Settings, model: str) -> None:
    here, there = f"lake.{model}", f"pg.{model}"
    with lake.connect(settings=both) as con, attached(con, both):
        names = [row[0] for row in con.execute(f"DESCRIBE {here}").fetchall()]
        columns = ", ".join(names)
        assert [row[0] for row in con.execute(f"DESCRIBE {there}").fetchall()] == names
        for one, other in ((here, there), (there, here)):
            only = con.execute(
                f"SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other} LIMIT 3"
            )
            assert only.fetchall() == []


def test_history_on_postgres_outlives_another_load_and_build(both: Settings) -> None:
    older = "SELECT * REPLACE (DATE '2020-01-01' AS snapshot_date) FROM pg.analytics"
    days = "SELECT snapshot_date, count(*) FROM pg.analytics.mrt_player_valuation GROUP BY ALL"
    with lake.connect(settings=both) as con, attached(con, both):
        count = "SELECT count(*) FROM pg.analytics.mrt_player_valuation"
        ((rows,),) = con.execute(count).fetchall()
        con.execute(f"INSERT INTO pg.analytics.mrt_player_valuation {older}.mrt_player_valuation")
    script("load")
    script("build", "--select", "mrt_player_valuation")
    with lake.connect(settings=both) as con, attached(con, both):
        assert [count for _, count in con.execute(days).fetchall()] == [rows, rows]


@pytest.mark.parametrize(
    ("dsn", "words"), [("", "FF_DBT_POSTGRES is not set"), ("nonsense", "is no DSN")]
)
def test_a_wrong_address_is_one_sentence(dsn: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        address(Settings.model_validate({"data_dir": tmp_path, "dbt_postgres": dsn}))
