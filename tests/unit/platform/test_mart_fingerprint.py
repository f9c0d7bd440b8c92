"""When a mart is rebuilt: after a change of what it is made of, and not for another reader."""

import duckdb

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import ops
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.run import start
from ff_analytics.engine.products.stages.load_mart import fingerprints

WEEKLY = "mrt_fantasy_actuals_weekly"
MARKET = "mrt_market_value_current"


def change(table: str, settings: Settings) -> None:
    def work(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        ops.bump_version(con, table)

    lake.commit(lake.Provenance(author="test", message="changed"), work, settings=settings)


def of(product: str, settings: Settings) -> dict[str, str]:
    with lake.connect(settings=settings) as con:
        return fingerprints(start(product, {}, settings=settings), con)


def test_all_readers_of_a_mart_name_the_same_upstream() -> None:
    inputs = [source for name in products.names() for source in products.load(name).inputs]
    known = {source.mart: set(source.upstream) for source in inputs}
    assert [s.mart for s in inputs if set(s.upstream) != known[s.mart]] == []


def test_two_products_do_not_rebuild_their_mart_in_turn(lake_settings: Settings) -> None:
    change("raw_market.values", lake_settings)
    assert of("template", lake_settings)[WEEKLY] == of("valuation", lake_settings)[WEEKLY]


def test_new_scoring_rules_rebuild_the_mart_for_every_reader(lake_settings: Settings) -> None:
    change("raw_nflverse.players", lake_settings)
    before = of("template", lake_settings)
    change("raw_league.scoring_rules", lake_settings)
    assert of("template", lake_settings)[WEEKLY] != before[WEEKLY]


def test_new_market_values_leave_the_weekly_mart_alone(lake_settings: Settings) -> None:
    change("raw_nflverse.players", lake_settings)
    before = of("valuation", lake_settings)
    change("raw_market.values", lake_settings)
    after = of("valuation", lake_settings)
    assert {m for m in before if before[m] != after[m]} == {MARKET}


def test_what_a_product_reads_of_another_one_is_in_that_ones_contract() -> None:
    inputs = [s for name in products.names() for s in products.load(name).inputs if s.of_product]
    for source in inputs:
        producer = products.of_mart(source.mart)
        assert producer is not None, source.mart
        assert set(source.columns) <= set(producer.contract.column_names()), source.mart
        assert not source.upstream, source.mart
