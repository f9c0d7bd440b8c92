"""Classification of DuckDB's errors: transient, damage, or something for the user to fix."""

import duckdb

from ff_analytics.engine.base.errors import (
    ConfigError,
    FFError,
    LakeBusy,
    LakeDamaged,
    LakeUnreachable,
    PublishError,
)
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import RESTORE, catalog_file, reason, shown

# Messages of DuckDB, SQLite and Postgres for conflicts and locks; all are transient.
_BUSY = (
    "database is locked",
    "database schema is locked",
    "transaction conflict",
    "conflicts with",
    "could not serialize access",
    "deadlock detected",
    # Two first writers of a Postgres catalog created its tables at once; one of them was first.
    'unique constraint "pg_',
    'relation "ducklake_',
    # Many writers of a Postgres catalog: DuckLake gave up after ten numbers that others had taken.
    'unique constraint "ducklake_',
    # A reader saw the catalog's note of a table of small rows before, or after, the table itself.
    "table with name ducklake_inlined_",
)
# Words of Postgres, curl and S3 for a server that is away, starting or swamped.
_AWAY = (
    "connection refused",
    "connection reset",
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "no connection to the server",
    "ssl syscall error",
    "too many clients",
    "remaining connection slots",
    # The only message for a COMMIT whose connection was lost.
    'failed to execute query "rollback"',
    "could not connect to server",
    "timeout was reached",
    "timeout expired",
    *(f"http {how}{code}" for how in ("", "code ") for code in (429, 500, 502, 503, 504)),
)
_DENIED = (
    *(f"http {how}{code}" for how in ("", "code ") for code in (401, 403)),
    "password authentication failed",
    "permission denied for",
)
_NO_BUCKET = ("nosuchbucket", "bucket does not exist")
# Messages of SQLite for a file that is not a database, or no longer complete.
_DAMAGE = (
    "malformed",
    "not a database",
    "disk i/o error",
    "database corruption",
    # Text of the catalog that is no longer valid text.
    "invalid unicode (byte sequence mismatch) detected in value construction",
)
# Messages of DuckDB for a missing, unreadable, cut or changed Parquet file; some name no file.
_UNREADABLE = (
    "cannot open file",
    "no files found that match",
    "failed to read file",
    "parquet",
    "footer length",
    "magic bytes",
    "decompression failure",
    "don't know what type",
    "tprotocolexception",
    "out of range",
    "could not read enough bytes",
)
# Messages of DuckDB, SQLite and Postgres for a full disk.
_UNWRITABLE = ("disk is full", "no space left", "readonly database", "read-only", "permission")


def _contains(error: BaseException, words: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return any(word in said for word in words)


def is_transient(error: BaseException) -> bool:
    """True for lock errors, commit conflicts and servers that are away: try again."""
    return isinstance(error, duckdb.Error) and _contains(error, _BUSY + _AWAY)


def is_damage(error: BaseException) -> bool:
    """True when SQLite reports a damaged catalog; waiting does not help."""
    return _contains(error, _DAMAGE)


def is_unreadable(error: BaseException) -> bool:
    """True when a data file may be lost or damaged; `lake.damage` looks whether one is."""
    return isinstance(error, duckdb.Error) and _contains(error, _UNREADABLE)


def gave_up(error: duckdb.Error, settings: Settings, holder: str = "") -> FFError:
    """What to raise when the attempts are used up."""
    said = reason(error, settings)
    whose = f" for {holder}" if holder else ""
    if _contains(error, _AWAY):
        servers = "object store" if catalog_file(settings) else "Postgres catalog or object store"
        return LakeUnreachable(
            f"The lake's {servers} did not answer{whose}: {said}. Is the server up? Then run again."
        )
    return LakeBusy(f"The lake {shown(settings)} stayed locked{whose}: {said}. Try again.")


def unwritable(error: Exception, settings: Settings, holder: str) -> PublishError:
    """The lake takes no bytes."""
    return PublishError(
        f"{holder} could not write the lake {shown(settings)}: {reason(error, settings)}. "
        "Nothing of this commit is stored. Check free space and permissions of its folder, "
        "then run again."
    )


def cannot_write(error: BaseException) -> bool:
    """True when the place of the lake is full or closed to us."""
    return _contains(error, _UNWRITABLE)


def refused(error: Exception, settings: Settings) -> ConfigError | None:
    """The error for a server that rejects the login or the bucket; else None."""
    if _contains(error, _DENIED):
        return ConfigError(
            f"The lake {shown(settings)} refuses us: {reason(error, settings)}. Check user and "
            "password of FF_LAKE_CATALOG, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what "
            "they may do."
        )
    if _contains(error, _NO_BUCKET):
        return ConfigError(f"The bucket of {settings.files} does not exist. Create it, run again.")
    return None


def explained(error: BaseException, settings: Settings) -> FFError | None:
    """The error for a failure that no retry fixes; None for unknown errors."""
    if not isinstance(error, duckdb.Error):
        return None
    if catalog_file(settings) and is_damage(error):
        said = reason(error, settings)
        return LakeDamaged(f"The lake {shown(settings)} could not be read: {said}. {RESTORE}")
    return refused(error, settings)
