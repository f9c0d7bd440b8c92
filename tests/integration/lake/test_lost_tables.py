"""A catalog that has lost a table of its own is called damaged, on each catalog and store."""

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import catalog_file, dsn_of, text
from ff_analytics.engine.lake.attach.instance import instance


def drop_the_small_rows(settings: Settings) -> str:
    """Drop the catalog's table that holds the small rows of `raw_test.games`."""
    file = catalog_file(settings)
    where, kind = (str(file), "sqlite") if file else (dsn_of(settings), "postgres")
    con = instance()
    con.execute(f"LOAD {kind}_scanner; ATTACH {text(where)} AS catalog (TYPE {kind})")
    row = con.execute(
        "SELECT i.table_name FROM catalog.ducklake_inlined_data_tables i "
        "JOIN catalog.ducklake_table t USING (table_id) WHERE t.table_name = 'games'"
    ).fetchone()
    assert row
    con.execute(f"DROP TABLE catalog.{row[0]}")
    con.close()
    return str(row[0])


def test_a_lost_table_of_the_catalog_is_named(lake_settings: Settings) -> None:
    frame = pl.DataFrame({"id": [1, 2, 3]})
    who = lake.Provenance(author="test", message="load")
    lake.commit(who, lambda con: lake.upsert(con, frame, "raw_test.games", ("id",)))
    name = drop_the_small_rows(lake_settings)
    with pytest.raises(LakeDamaged, match=f"has lost the table {name}"):
        lake.read("SELECT * FROM raw_test.games")
