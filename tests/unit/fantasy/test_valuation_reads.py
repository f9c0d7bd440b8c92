"""What the valuation asks of the lake: its SQL conditions and its season check."""

from collections.abc import Iterator

import duckdb
import pytest

from ff_analytics.domains.fantasy.checks.season_check import season_is_loaded
from ff_analytics.domains.fantasy.formulas.value.options import Basis
from ff_analytics.domains.fantasy.products.valuation.product import PRODUCT, WEEKLY, ValuationParams


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in the lake's place: seasons 2016 to 2019, the last one of another league."""
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute("USE lake")
        connection.execute("CREATE SCHEMA raw_nflverse")
        connection.execute(
            "CREATE TABLE raw_nflverse.player_week AS "
            "SELECT season::INT AS season, week, team, 'REG' AS season_type "
            "FROM (SELECT unnest([2016, 2017, 2018]) AS season), "
            "(SELECT unnest(range(18)) AS week), (SELECT unnest(['KC', 'LV']) AS team)"
        )
        connection.execute("CREATE SCHEMA marts")
        connection.execute(
            f"CREATE TABLE {WEEKLY} AS SELECT *, 'REG' AS season_type "
            "FROM (SELECT unnest([2016, 2017, 2018]) AS season, 'redraft_ppr' AS league "
            "UNION ALL SELECT 2019, 'superflex_tep'), (SELECT unnest([1, 17, 18]) AS week)"
        )
        yield connection


def rows(con: duckdb.DuckDBPyConnection, params: ValuationParams) -> list[tuple[int, int]]:
    where = PRODUCT.inputs[0].where
    assert where is not None
    condition, values = where(params)
    query = f"SELECT season, week FROM {WEEKLY} WHERE {condition} ORDER BY ALL"
    return con.execute(query, values).fetchall()


def test_the_latest_season_is_read(con: duckdb.DuckDBPyConnection) -> None:
    assert PRODUCT.settle
    settled = PRODUCT.settle(con, ValuationParams(league="redraft_ppr"))
    assert rows(con, settled) == [(2018, 1), (2018, 17), (2018, 18)]


def test_without_games_there_is_no_latest_season(con: duckdb.DuckDBPyConnection) -> None:
    assert PRODUCT.settle
    con.execute("DROP TABLE raw_nflverse.player_week")
    params = ValuationParams(league="redraft_ppr")
    assert PRODUCT.settle(con, params) == params


def test_a_given_season_is_read_alone(con: duckdb.DuckDBPyConnection) -> None:
    got = rows(con, ValuationParams(league="redraft_ppr", season=2016))
    assert got == [(2016, 1), (2016, 17), (2016, 18)]


def test_a_trailing_window_reads_the_seasons_that_it_can_touch(
    con: duckdb.DuckDBPyConnection,
) -> None:
    short = ValuationParams(
        league="redraft_ppr", season=2018, basis=Basis.TRAILING, trailing_weeks=10
    )
    assert {season for season, _ in rows(con, short)} == {2017, 2018}
    long = short.model_copy(update={"trailing_weeks": 30})
    assert {season for season, _ in rows(con, long)} == {2016, 2017, 2018}


def test_a_season_that_is_not_loaded_is_refused_with_those_that_are(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert season_is_loaded(con, 2017) == []
    assert season_is_loaded(con, None) == []
    (refusal,) = season_is_loaded(con, 2024)
    assert "season 2024 is not loaded" in refusal.line()
    assert "2016, 2017, 2018" in refusal.line()
