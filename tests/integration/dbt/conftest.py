"""A lake of a test module's own, loaded by hand; a dbt build costs seconds, so tests share it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """A lake with every raw table, and ways to fill and to read it."""

    settings: Settings

    def load(self, **rows_by_table: list[Row]) -> None:
        """Merge rows into raw tables (`raw_x__y` for raw_x.y); columns not given are null."""

        def work(con: duckdb.DuckDBPyConnection) -> None:
            tables.ensure_all(con)
            for name, rows in rows_by_table.items():
                dataset = tables.registered()[name.replace("__", ".")]
                schema = dataset.contract.create_empty().schema
                origin = {"_origin": "test"} if "_origin" in schema else {}
                frame = pl.DataFrame([origin | row for row in rows], schema=schema)
                lake.upsert(con, frame, dataset.table, dataset.keys)

        provenance = lake.Provenance(author="test", message="rows made by hand")
        lake.commit(provenance, work, settings=self.settings)

    def rows(self, query: str) -> list[Row]:
        return lake.read(query, settings=self.settings).to_dicts()

    def value(self, query: str) -> Any:
        return lake.read(query, settings=self.settings).item()

    def publish(self, output: str, frame: pl.DataFrame) -> None:
        """Put a product's output where its analytics mart reads it."""
        folder = Path(self.settings.analytics) / output
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / "latest.parquet")


@pytest.fixture(scope="module")
def new_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Warehouse]:
    """Make another lake with empty raw tables."""

    def make() -> Warehouse:
        warehouse = Warehouse(Settings(data_dir=Path(tmp_path_factory.mktemp("data"))))
        warehouse.load()
        return warehouse

    return make
