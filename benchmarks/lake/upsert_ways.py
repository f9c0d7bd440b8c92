"""Three ways to merge rows by key into a table on disk."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings

KEYS = ("season", "week", "player_id")
_TABLE = "raw_benchmark.player_week"
_WHO = lake.Provenance(author="benchmark", message="merge")


class Way(Protocol):
    """A table that rows are merged into; `merge` includes opening and committing."""

    name: str

    def __init__(self, folder: Path) -> None: ...
    def load(self, part: pl.DataFrame) -> None: ...
    def merge(self, offered: pl.DataFrame) -> None: ...
    def read(self) -> pl.DataFrame: ...


class Lake:
    """`lake.commit` with `lake.upsert`: lock, attach, counts, merge, provenance, commit."""

    name = "ff-analytics lake"

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder / "lake", lake_catalog="", lake_data="")

    def load(self, part: pl.DataFrame) -> None:
        self.merge(part)

    def merge(self, offered: pl.DataFrame) -> None:
        lake.commit(
            _WHO, lambda con: lake.upsert(con, offered, _TABLE, KEYS), settings=self.settings
        )

    def read(self) -> pl.DataFrame:
        return lake.read(f"FROM {_TABLE}", settings=self.settings)


class Delta:
    """`DeltaTable.merge`, with bounds on the time columns so that it can skip files too."""

    name = "deltalake merge"

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "delta")

    def load(self, part: pl.DataFrame) -> None:
        from deltalake import write_deltalake

        write_deltalake(self.path, part, mode="append")

    def merge(self, offered: pl.DataFrame) -> None:
        from deltalake import DeltaTable

        same = [f"t.{key} = s.{key}" for key in KEYS]
        bounds = [
            f"t.{key} BETWEEN {offered[key].min()!s} AND {offered[key].max()!s}" for key in KEYS[:2]
        ]
        merge: Any = DeltaTable(self.path).merge(
            offered, " AND ".join(same + bounds), source_alias="s", target_alias="t"
        )
        merge.when_matched_update_all().when_not_matched_insert_all().execute()

    def read(self) -> pl.DataFrame:
        return pl.read_delta(self.path)


class Rewrite:
    """Read the complete Parquet file, replace rows in memory, write a new file."""

    name = "rewrite the Parquet file"

    def __init__(self, folder: Path) -> None:
        self.file = folder / "all.parquet"

    def load(self, part: pl.DataFrame) -> None:
        stored = [pl.read_parquet(self.file)] if self.file.exists() else []
        pl.concat([*stored, part]).write_parquet(self.file)

    def merge(self, offered: pl.DataFrame) -> None:
        stored = pl.read_parquet(self.file)
        merged = pl.concat([stored.join(offered, on=KEYS, how="anti"), offered])
        beside = self.file.with_suffix(".tmp")
        merged.write_parquet(beside)
        beside.replace(self.file)

    def read(self) -> pl.DataFrame:
        return pl.read_parquet(self.file)


def ways() -> list[type[Way]]:
    """Those that can run here."""
    delta: list[type[Way]] = [Delta] if find_spec("deltalake") else []
    return [Lake, *delta, Rewrite]
