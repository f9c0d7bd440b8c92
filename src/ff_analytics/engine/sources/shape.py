"""Read delivered files and bring any vintage of them to the columns of a contract."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from ff_analytics.engine.base.bounds.limits import refuse_wide, too_large
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.download import Download

if TYPE_CHECKING:
    import dataframely as dy


@dataclass(frozen=True)
class Shaped:
    """A frame with the contract's columns (types still to be validated) and what was noticed."""

    frame: pl.DataFrame
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    schema_changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _bound(path: Path, url: str, megabytes: int) -> None:
    """Raise `SourceError` for a file that takes more than `megabytes` in memory.

    A Parquet column of equal values packs millions of rows into bytes, so cells count as well.
    """
    size, columns = path.stat().st_size, 0
    if path.suffix != ".csv":
        held = pq.read_metadata(path)
        columns = held.num_columns
        stored = sum(held.row_group(n).total_byte_size for n in range(held.num_row_groups))
        size = max(stored, held.num_rows * columns)
    if size > megabytes << 20:
        raise too_large(url, megabytes, "FF_ANSWER_LIMIT_MB")
    refuse_wide(url, columns)


def read_file(found: Download, settings: Settings) -> pl.DataFrame:
    """The rows of a downloaded Parquet or CSV file, CSV columns all as text.

    Raises `SourceError` naming the URL when the bytes are no such file; it is dropped from the
    cache then, so that the next run fetches it again.
    """
    url, path = public(found.state["url"]), found.path
    if path is None:
        raise AssertionError(f"{url}: nothing was downloaded")
    try:
        _bound(path, url, settings.answer_limit_mb)
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema=False)
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pa.ArrowInvalid, OSError) as error:
        size = path.stat().st_size if path.exists() else 0
        found.discard()
        reason = str(error).strip().splitlines()[0]
        raise SourceError(
            f"{url} is not a readable {path.suffix[1:]} file ({size} bytes; {reason}). "
            "Nothing was loaded from it; run again, and contact the provider if it persists."
        ) from error


def require(frame: pl.DataFrame, columns: Collection[str], url: str) -> None:
    """Raise `SourceError` if the file lacks a column without which its rows mean nothing."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise SourceError(
            f"{public(url)} lacks the columns {', '.join(missing)} (it has "
            f"{', '.join(frame.columns[:8])} …). The provider changed its layout: add "
            "the new names to the source's renames."
        )


def rename(frame: pl.DataFrame, renames: Mapping[str, str]) -> pl.DataFrame:
    """Apply the renames whose old name is there and whose new name is not."""
    have = set(frame.columns)
    return frame.rename({o: n for o, n in renames.items() if o in have and n not in have})


def _as_declared(name: str, have: pl.DataType, want: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if have == pl.String:
        # R and spreadsheets write a missing text as "".
        column = column.replace("", None)
        return column.str.to_date(strict=False) if want == pl.Date else column
    if have.is_float():
        # 0/0 in a ratio column is missing, not a broken row.
        column = pl.when(column.is_finite()).then(column)
        return column.cast(pl.Int64, strict=False) if want == pl.String else column
    return column.dt.date() if isinstance(have, pl.Datetime) and want == pl.Date else column


def conform(
    frame: pl.DataFrame, contract: "type[dy.Schema]", ignored: Collection[str] = ()
) -> Shaped:
    """The contract's columns but `_origin`: absent ones null, unknown ones left out and noted.

    Numbers that were read as text, ids that were read as floats (a null among integers) and
    dates in text are brought over; a date that cannot be read becomes null, with a warning.
    """
    want = dict(contract.create_empty().schema)
    want.pop("_origin", None)
    have = frame.schema
    unknown = sorted(set(have) - set(want) - set(ignored) - {"_origin"})
    absent = [name for name in want if name not in have]
    shaped = frame.select(
        _as_declared(name, have[name], dtype).alias(name)
        if name in have
        else pl.lit(None, dtype).alias(name)
        for name, dtype in want.items()
    )
    changes = [f"unknown columns left out: {', '.join(unknown)}"] if unknown else []
    changes += [f"{len(absent)} columns absent, loaded as null"] if absent else []
    return Shaped(
        shaped, tuple(absent), tuple(unknown), tuple(changes), tuple(_lost_dates(frame, shaped))
    )


def _lost_dates(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    notes = []
    for name in after.select(cs.date()).columns:
        if before.schema.get(name) == pl.String:
            text = before[name].replace("", None)
            lost = text.filter(after[name].is_null() & text.is_not_null())
            if len(lost):
                notes.append(f"{len(lost)} unreadable dates in {name}, e.g. {lost[0]!r}")
    return notes
