"""Where a product's Parquet is published: a file of a folder, or an object of a store.

Either way readers see the old or the new rows, never half of them. A file is replaced by a rename;
an object by a PUT (a multipart upload if it is large), which a store shows when it is complete.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.errors import PublishError
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import is_remote, reason, text
from ff_analytics.engine.lake.attach.connection import store_connection


class Output(Protocol):
    """One published Parquet file."""

    @property
    def place(self) -> str:
        """Path or address, as people and dbt read it."""

    def opened(self) -> "Path | BytesIO | None":
        """What Polars reads it from; None when nothing was published yet."""

    def publish(self, frame: pl.DataFrame, info: dict[str, str]) -> int:
        """Put `frame` there with this key-value metadata; returns the bytes written.

        Raises `PublishError` (disk full, no permission, store away); what was there stays.
        """


@dataclass(frozen=True)
class File:
    """A Parquet file of this host."""

    path: Path

    @property
    def place(self) -> str:
        return str(self.path)

    def opened(self) -> Path | None:
        return self.path if self.path.exists() else None

    def publish(self, frame: pl.DataFrame, info: dict[str, str]) -> int:
        target = self.path
        try:
            with replacing(target) as temporary:
                frame.write_parquet(temporary, metadata=info)
                fault_point("write-parquet.before-replace")
        except (OSError, pl.exceptions.ComputeError) as error:
            raise PublishError(
                f"{target} could not be written: {error}. The previous file is untouched. "
                "Check free space and permissions of the folder, then run again."
            ) from error
        fault_point("write-parquet.after-replace")
        return target.stat().st_size


@dataclass(frozen=True)
class StoredObject:
    """A Parquet file of an object store."""

    place: str
    settings: Settings

    def opened(self) -> BytesIO | None:
        try:
            # A whole GET: ranges of an object that is replaced meanwhile would not fit together.
            with store_connection(self.settings) as con:
                row = con.execute("SELECT content FROM read_blob(?)", [self.place]).fetchone()
        except duckdb.HTTPException as error:
            if error.status_code == 404:
                return None
            raise
        return BytesIO(row[0]) if row else None

    def publish(self, frame: pl.DataFrame, info: dict[str, str]) -> int:
        content = BytesIO()
        frame.write_parquet(content, metadata=info)
        fault_point("write-parquet.before-replace")
        try:
            with store_connection(self.settings) as con:
                copy = f"COPY (SELECT ?::BLOB AS content) TO {text(self.place)} (FORMAT BLOB)"
                con.execute(copy, [content.getvalue()])
        except duckdb.Error as error:
            raise PublishError(
                f"{self.place} could not be written: {reason(error, self.settings)}. "
                "The previous object is untouched. Does the store answer? Then run again."
            ) from None
        fault_point("write-parquet.after-replace")
        return len(content.getvalue())


def output_at(name: str, settings: Settings) -> Output:
    """The published file of this name, e.g. `template/latest.parquet`."""
    place = f"{settings.analytics}/{name}"
    return StoredObject(place, settings) if is_remote(place) else File(Path(place))
