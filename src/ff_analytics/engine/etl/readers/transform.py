"""Pages in, typed Parquet parts out; records that do not fit go to quarantine."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import (
    BrokenInput,
    ContractViolation,
    LakeMissing,
    PublishError,
    SourceError,
)
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl.columns.shape import ROW, Piece, Reject, Shape, common
from ff_analytics.engine.etl.config import ExtractConfig
from ff_analytics.engine.etl.fetch import Extraction, Page
from ff_analytics.engine.etl.readers import delimited, ndjson, records, tables
from ff_analytics.engine.etl.readers.answer import rows_of
from ff_analytics.engine.http.client import public
from ff_analytics.engine.sources import quarantine

# More broken records than this, and the delivery is refused: not a few odd rows any more.
REJECT_SHARE = 0.05
KEPT_REJECTS = 10_000
PART_ROWS = 100_000
PART_BYTES = 64 << 20


@dataclass
class Staged:
    """What a transform leaves: parts on disk, and the counts that a load must account for."""

    shape: Shape
    folder: Path
    parts: list[Path] = field(default_factory=list)
    read: int = 0
    good: int = 0
    # Columns with a value: one that the source never has is not delivered as null.
    seen: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    quarantine: Path | None = None

    @property
    def rejected(self) -> int:
        return self.reasons.total()


def stored_shape(config: ExtractConfig, settings: Settings) -> Shape:
    """The columns of the target as stored; none of them when there is no such table yet."""
    target, none = config.target_table, Shape(renames=config.rename_columns)
    try:
        with lake.connect(settings=settings) as con:
            if not lake.table_exists(con, target):
                return none
            schema = con.execute(f"FROM {lake.quote(target)} LIMIT 0").pl().schema
            return Shape.of_table(schema, config.rename_columns)
    except LakeMissing:
        return none


def pieces_of(
    page: Page, config: ExtractConfig, first: int, shape: Shape, settings: Settings
) -> Iterator[Piece]:
    """The rows of one page, whatever its form."""
    where = public(config.source_url)
    if page.form == "ndjson":
        return ndjson.pieces(page.path, where, first, shape)
    if page.form == "csv":
        return delimited.pieces(page.path, where, first, shape, config.separator)
    if page.form == "parquet":
        return tables.parquet_pieces(page.path, where, first, shape, settings.unpacked_limit_mb)
    path, paged = config.records_path, config.paged
    return records.pieces(page.path, path, where, first, shape, paged=paged)


def count_rows(page: Page, config: ExtractConfig, settings: Settings) -> int:
    """Records of one page."""
    if page.form == "json":
        where = public(config.source_url)
        return len(rows_of(page.path, config.records_path, where, paged=config.paged))
    return sum(piece.records for piece in pieces_of(page, config, 1, Shape(), settings))


def _keyed(piece: Piece, keys: list[str]) -> Piece:
    if not keys or piece.frame.is_empty():
        return piece
    if missing := [key for key in keys if key not in piece.frame.columns]:
        raise SourceError(
            f"the key {missing[0]!r} is not among the columns "
            f"{', '.join(c for c in piece.frame.columns if c != ROW)}. Correct key_columns."
        )
    null = piece.frame.select(pl.any_horizontal(pl.col(keys).is_null())).to_series()
    if not null.any():
        return piece
    bad = piece.frame.filter(null).iter_rows(named=True)
    rejects = tuple(Reject(row.pop(ROW), f"no {', '.join(keys)}", str(row)) for row in bad)
    return Piece(piece.frame.filter(~null), (*piece.rejects, *rejects))


def _write(frame: pl.DataFrame, part: Path) -> None:
    try:
        # Read once and soon: packing costs more than it saves.
        frame.write_parquet(part, compression="uncompressed", statistics=False)
    except OSError as error:
        raise PublishError(f"{part} could not be written ({error}). Make room there.") from None


class _Stage:
    """Collects pieces into parts of a useful size, and rejects up to a bound.

    One part is written while the next one is collected; leaving the context ends the writing.
    """

    def __init__(self, staged: Staged, least_rows: int) -> None:
        self.staged = staged
        self.least = least_rows
        self.waiting: list[pl.DataFrame] = []
        self.kept: list[Reject] = []
        self.writer = ThreadPoolExecutor(1)
        self.written: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.writer.shutdown()

    def take(self, piece: Piece) -> None:
        self.staged.read += piece.records
        self.staged.good += piece.frame.height
        self.staged.reasons.update(reject.reason for reject in piece.rejects)
        self.kept += piece.rejects[: KEPT_REJECTS - len(self.kept)]
        if piece.frame.height:
            self.waiting.append(piece.frame)
            filled = (c for c in piece.frame.iter_columns() if c.null_count() < c.len())
            self.staged.seen |= {column.name for column in filled} - {ROW}
        rows = sum(frame.height for frame in self.waiting)
        if rows >= self.least or sum(f.estimated_size() for f in self.waiting) >= PART_BYTES:
            self.flush()

    def flush(self) -> None:
        """Have what waits written, once the part before is; `PublishError` if that was not."""
        self.settle()
        if not self.waiting:
            return
        part = self.staged.folder / f"part-{len(self.staged.parts):05d}.parquet"
        frame = pl.concat(self.waiting, how="diagonal")
        self.waiting.clear()
        self.written = self.writer.submit(_write, frame, part)
        self.staged.parts.append(part)

    def settle(self) -> None:
        """Return once every part is on disk."""
        if self.written:
            self.written.result()


def _keep(kept: list[Reject], file: Path) -> Path | None:
    """Write the quarantined records, if there are any."""
    if not kept:
        return None
    rows = [{ROW: r.row, "_reason": r.reason, "raw": r.raw} for r in kept]
    quarantine.keep(pl.DataFrame(rows), file)
    return file


def _check_types(staged: Staged, extraction: Extraction, first: Reject | None) -> None:
    where = public(extraction.config.source_url)
    if not staged.read and not extraction.config.allow_empty:
        raise BrokenInput(
            f"{where} delivered no rows; nothing was changed. "
            "If that is right, run again with allow_empty."
        )
    if staged.good and not staged.seen:
        raise BrokenInput(
            f"{where}: no column has a value in {staged.read:,} rows; nothing loaded."
        )
    if first and staged.rejected > REJECT_SHARE * staged.read:
        worst = common(staged.reasons, 3)
        raise ContractViolation(
            f"{where}: {staged.rejected:,} of {staged.read:,} rows do not fit (at most "
            f"{REJECT_SHARE:.0%} may): {worst}; first in row {first.row:,}. "
            f"The rows are in {staged.quarantine}; nothing was loaded."
        )


def transform(
    extraction: Extraction, run_id: str, progress: Callable[[int], None] = lambda rows: None
) -> Staged:
    """Parse, check and stage every page.

    Rows are staged with the types that the first of them suggest. When all have been counted and
    another type holds them, they are staged once more.
    Raises `SourceError` for a body that cannot be read, `BrokenInput` for an empty source,
    `ContractViolation` when more than `REJECT_SHARE` of the rows do not fit.
    """
    config, settings = extraction.config, extraction.settings
    shape = stored_shape(config, settings)
    staged, kept = _staged(extraction, shape, progress)
    if shape.revise():
        staged, kept = _staged(extraction, shape, progress)
    file = settings.quarantine_dir / "etl" / config.target_table / f"{run_id}.parquet"
    staged.quarantine = _keep(kept, file)
    _check_types(staged, extraction, min(kept, key=lambda r: r.row, default=None))
    return staged


def _staged(
    extraction: Extraction, shape: Shape, progress: Callable[[int], None]
) -> tuple[Staged, list[Reject]]:
    """Every page in parts on disk, and the quarantined records, up to a bound."""
    config, settings = extraction.config, extraction.settings
    folder = extraction.folder / "parts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    staged = Staged(shape, folder)
    with _Stage(staged, max(PART_ROWS, config.batch_size)) as stage:
        for page in extraction.pages:
            for piece in pieces_of(page, config, staged.read + 1, shape, settings):
                stage.take(_keyed(piece, config.key_columns))
                progress(staged.read)
        stage.flush()
        stage.settle()
    return staged, stage.kept
