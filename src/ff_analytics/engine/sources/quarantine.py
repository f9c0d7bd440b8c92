"""Quarantine: rows that were refused, kept as they came, in files of their own."""

from typing import TYPE_CHECKING

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.errors import PublishError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


def keep(rows: "pl.DataFrame", file: "Path") -> None:
    """Write the rows; `PublishError` when they cannot be written."""
    from polars.exceptions import PolarsError

    try:
        # Readable by the owner only: the rows may hold what others must not read.
        with replacing(file, mode=0o600) as part:
            rows.write_parquet(part)
    except (OSError, PolarsError) as error:
        raise PublishError(f"{file} could not be written ({error}). Make room there.") from error
