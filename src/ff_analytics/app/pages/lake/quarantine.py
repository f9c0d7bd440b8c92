"""Rows that a load refused, from the files that it left, with their reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest.land import REASON
from ff_analytics.engine.read.declared import all_sources

_NEWEST = 40


@dataclass(frozen=True)
class Refused:
    """One file of refused rows."""

    source: str
    dataset: str
    file: str
    at: datetime
    reasons: tuple[tuple[str, int], ...]
    trouble: str = ""

    @property
    def rows(self) -> int:
        return sum(count for _, count in self.reasons)


def _read(path: Path, source: str, dataset: str) -> Refused:
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        counted = pl.read_parquet(path, columns=[REASON])[REASON].value_counts(sort=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        return Refused(source, dataset, path.name, at, (), f"cannot be read ({error})"[:200])
    reasons = tuple((str(reason), int(count)) for reason, count in counted.iter_rows())
    return Refused(source, dataset, path.name, at, reasons)


def _found(settings: Settings) -> Iterator[tuple[float, Path]]:
    for path in settings.quarantine_dir.glob("*/*/*.parquet"):
        try:
            yield path.stat().st_mtime, path
        except OSError:
            # Housekeeping moved it away meanwhile.
            continue


def files(settings: Settings) -> list[Refused]:
    """The newest files of refused rows, newest first."""
    newest = sorted(_found(settings), reverse=True)[:_NEWEST]
    return [_read(path, path.parts[-3], path.parts[-2]) for _, path in newest]


def of_table(settings: Settings, table: str) -> list[Refused]:
    """Those of the datasets that fill `table`."""
    fed = {
        (source.name, dataset.name)
        for source in all_sources()
        for dataset in source.datasets
        if dataset.table == table
    }
    return [refused for refused in files(settings) if (refused.source, refused.dataset) in fed]
