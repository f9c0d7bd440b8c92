"""From which columns a column is computed, read from compiled SQL."""

from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.read.column_lineage import Column, column_lineage, relatives

WEEK = 'select player_id, yards / 10 as points, \'PPR\' as kind from "lake"."raw_nfl"."week"'
SEASON = """
with weeks as (select * from "lake"."core"."week"),
best as (select max(points) as most, player_id from weeks group by player_id)
select weeks.player_id, sum(points) as total, any_value(best.most) as "most", count(*) as games
from weeks left join best using (player_id) group by all
"""
TYPES = {
    "raw_nfl.week": {"player_id": "VARCHAR", "yards": "INTEGER"},
    "core.week": {"player_id": "VARCHAR", "points": "DOUBLE", "kind": "VARCHAR"},
    "marts.season": {
        "player_id": "VARCHAR", "total": "DOUBLE", "most": "DOUBLE", "games": "BIGINT",
    },
}  # fmt: skip
YARDS = Column("raw_nfl.week", "yards")
POINTS = Column("core.week", "points")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over a data folder in which dbt has compiled two models."""
    models = tmp_path / "dbt" / "target" / "compiled" / "project" / "models"
    for name, sql in {"core/nfl/week": WEEK, "marts/season": SEASON}.items():
        file = models / f"{name}.sql"
        file.parent.mkdir(parents=True)
        file.write_text(sql)
    return Settings(data_dir=tmp_path)


def test_a_column_comes_from_those_it_is_computed_from(settings: Settings) -> None:
    graph = column_lineage(settings, TYPES)
    assert graph[POINTS] == {YARDS}
    assert graph[Column("core.week", "kind")] == set()
    assert graph[Column("marts.season", "total")] == {POINTS}
    assert graph[Column("marts.season", "most")] == {POINTS}
    assert Column("core.week", "player_id") in graph[Column("marts.season", "player_id")]


def test_relatives_go_through_all_models_both_ways(settings: Settings) -> None:
    related, edges = relatives(POINTS, column_lineage(settings, TYPES))
    total, most = Column("marts.season", "total"), Column("marts.season", "most")
    assert related == {YARDS, POINTS, total, most}
    assert edges == {(YARDS, POINTS), (POINTS, total), (POINTS, most)}


def test_sql_that_cannot_be_read_is_left_out(settings: Settings) -> None:
    (file,) = settings.data.rglob("week.sql")
    file.write_text("select from where (")
    graph = column_lineage(settings, TYPES)
    assert POINTS not in graph
    assert graph[Column("marts.season", "total")] == {POINTS}


def test_without_compiled_models_nothing_is_known(tmp_path: Path) -> None:
    assert column_lineage(Settings(data_dir=tmp_path), TYPES) == {}
