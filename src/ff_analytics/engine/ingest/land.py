"""Land a batch: rows that meet the contract go on, the others to quarantine with a reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.engine.base.errors import ContractViolation, SourceError
from ff_analytics.engine.ingest.guards import doubled as doubles
from ff_analytics.engine.lake.upsert import distinct
from ff_analytics.engine.sources import quarantine
from ff_analytics.engine.sources.source import Batch, FetchContext

if TYPE_CHECKING:
    import dataframely as dy

    from ff_analytics.engine.base.settings import Settings

# More broken rows than this, and the file is refused: it is not a few odd rows any more.
REJECT_SHARE = 0.05
# Team lines are 0.1 % of real files; at half of the rows the id column itself is broken.
IDENTITY_SHARE = 0.5
# More rows without an id than this may be entities that lost theirs: a warning, and nothing
# is deleted because of them.
NAMELESS_SHARE = 0.01

_VALIDATED_AT_ONCE = 100_000

REASON = "_reason"


@dataclass(frozen=True)
class Landed:
    """Rows fit for the merge, and the keys and reasons of those that are not.

    `broken` counts those that break the contract, `nameless` those without identity.
    """

    batch: Batch
    frame: pl.DataFrame
    rejected_keys: pl.DataFrame
    rejected_because: Mapping[str, int] = field(default_factory=dict)
    quarantine: Path | None = None
    warnings: tuple[str, ...] = ()
    broken: int = 0
    nameless: int = 0

    @property
    def rows_rejected(self) -> int:
        return sum(self.rejected_because.values())


def _aside(frame: pl.DataFrame, mask: pl.Expr, reason: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    out = frame.select(mask).to_series()
    aside = frame.filter(out).with_columns(pl.lit(reason).alias(REASON))
    # Mostly there is none, and filtering would copy every row.
    return (frame.filter(~out) if aside.height else frame), aside


def _has_nul(rows: pl.DataFrame) -> pl.Expr:
    """True for rows with a NUL in a text: no catalog keeps it."""
    nul = pl.col(pl.String).str.contains("\0", literal=True).fill_null(False)
    return pl.any_horizontal(nul) if pl.String in rows.dtypes else pl.lit(False)


def _latest(rows: pl.DataFrame, keys: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rows with equal keys the last one; the others with their reason."""
    if distinct(rows, keys):
        return rows, rows.clear().with_columns(pl.lit("").alias(REASON))
    earlier = ~pl.struct(keys).is_last_distinct()
    return _aside(rows, earlier, "duplicate key, a later row was kept")


def _broken(failure_details: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    rules = [name for name in failure_details.columns if name not in columns]
    named = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    reason = pl.concat_list(named).list.drop_nulls().list.join(", ") if named else pl.lit("")
    return failure_details.with_columns(reason.alias(REASON)).select(*columns, REASON)


def _validate(rows: pl.DataFrame, contract: "type[dy.Schema]") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that meet the contract, cast to its types; and those that do not, with reasons."""
    try:
        cast = rows.cast(contract.create_empty().schema, strict=True)
        # Validating frames costs a third of validating row by row, and few files need that; in
        # slices, since it takes as much memory as the frame. No key is in two of them by now.
        if all(contract.is_valid(part) for part in cast.iter_slices(_VALIDATED_AT_ONCE)):
            return cast, rows.clear().with_columns(pl.lit("").alias(REASON))
    except pl.exceptions.PolarsError:
        pass
    valid, failure = contract.filter(rows, cast=True)
    return valid, _broken(failure.details(), rows.columns)


def quarantine_file(settings: "Settings", source: str, batch: Batch, run_id: str) -> Path:
    """`quarantine/<source>/<dataset>/<run_id>-<part>.parquet`."""
    name = re.sub(r"[^\w.-]+", "_", f"{run_id}-{batch.part}".rstrip("-"))
    return settings.quarantine_dir / source / batch.dataset.name / f"{name}.parquet"


def _refuse(batch: Batch, broken: pl.DataFrame, share: float, file: Path) -> None:
    reasons = broken[REASON].value_counts(sort=True).rows()
    keys = broken.select(batch.dataset.keys).head(3).rows()
    raise ContractViolation(
        f"{batch.label} from {batch.url}: {broken.height} of {batch.rows_fetched} rows "
        f"break the contract (at most {share:.0%} may): "
        + "; ".join(f"{reason} x {count}" for reason, count in reasons[:3])
        + f"; first keys {keys}. Nothing of this file was loaded.\nThe rows are in {file}."
    )


def _refuse_too_many(
    batch: Batch, broken: pl.DataFrame, others: Sequence[pl.DataFrame], file: Path
) -> None:
    if broken.height > REJECT_SHARE * batch.rows_fetched:
        _refuse(batch, broken, REJECT_SHARE, file)
    for kind in others:
        if kind.height and kind.height >= IDENTITY_SHARE * batch.rows_fetched:
            _refuse(batch, kind, IDENTITY_SHARE, file)


def _with(rows: pl.DataFrame, more: pl.DataFrame | None) -> pl.DataFrame:
    return rows if more is None else pl.concat([rows, more], how="diagonal_relaxed")


def _key(rows: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    if kind == pl.Date and rows.schema[name] == pl.String:
        return pl.col(name).str.to_date(strict=False)
    return pl.col(name).cast(kind, strict=False)


def land(batch: Batch, context: FetchContext) -> Landed:
    """Validate a batch against its dataset's contract; types are cast, rows never altered.

    Quarantined, in this order: rows without identity (they describe no entity); earlier rows of
    a key that comes again (the last one wins); rows that break a rule; rows that the source
    refused. Those that break a rule count against `REJECT_SHARE`; of rows without identity and
    refused ones half the file is too much, because then the column itself is broken.
    Raises `ContractViolation` past those shares and `SourceError` when no row is left. Either
    way the rejected rows are in quarantine and the lake is untouched.
    """
    dataset, keys = batch.dataset, list(batch.dataset.keys)
    if batch.may_be_empty and batch.frame is not None and not batch.rows_fetched:
        empty = dataset.contract.create_empty()
        return Landed(batch, empty, empty.select(keys), warnings=batch.warnings)
    if batch.frame is None or not batch.rows_fetched:
        raise SourceError(
            f"{batch.url} holds no rows of {dataset.name}. {dataset.when_empty} Nothing was loaded."
        )
    rows = batch.frame.with_columns(pl.lit(batch.origin).alias("_origin"))
    rows, unstorable = _aside(rows, _has_nul(rows), "a NUL character or a lone surrogate")
    nameless = rows.clear()
    if batch.identity:
        rows, nameless = _aside(rows, pl.col(batch.identity).is_null(), f"no {batch.identity}")
    notes = [*batch.warnings, *doubles.check(rows, dataset, batch.label, batch.url)]
    rows, doubled = _latest(rows, keys)
    valid, broken = _validate(rows, dataset.contract)
    refused = _with(rows.clear().with_columns(pl.lit("").alias(REASON)), batch.refused)
    broken = pl.concat([_with(broken, batch.unreadable), unstorable], how="diagonal_relaxed")
    # Each kind keeps the types of its validation: quarantine shows what the provider sent.
    rejected = pl.concat([nameless, doubled, broken, refused], how="diagonal_relaxed")
    file = None
    if rejected.height:
        file = quarantine_file(context.settings, context.source.name, batch, context.run_id)
        quarantine.keep(rejected, file)
        _refuse_too_many(batch, broken, (nameless, refused), file)
    if valid.height < max(1, dataset.minimum_rows) and not batch.may_be_empty:
        raise SourceError(
            f"{batch.url} holds {valid.height} usable rows, fewer than the "
            f"{max(1, dataset.minimum_rows)} that {dataset.name} has at least. Nothing was loaded."
        )
    because = dict(rejected[REASON].value_counts(sort=True).rows()) if rejected.height else {}
    kinds = {key: valid.schema[key] for key in keys}
    # Their stored rows are the last good ones, so they must not be deleted as missing.
    lost = pl.concat(
        part.select(_key(part, key, kind) for key, kind in kinds.items())
        for part in (broken, refused)
    )
    if broken.height:
        notes.append(f"{batch.label}: {broken.height} rows break the contract, kept in {file}")
    if refused.height:
        notes.append(f"{batch.label}: {refused.height} rows were quarantined, kept in {file}")
    if nameless.height > NAMELESS_SHARE * batch.rows_fetched:
        notes.append(
            f"{batch.label}: {nameless.height:,} of {batch.rows_fetched:,} rows have no "
            f"{batch.identity}, kept in {file}"
        )
    return Landed(
        batch,
        valid,
        lost.drop_nulls(),
        because,
        file,
        tuple(notes),
        broken.height,
        nameless.height,
    )
