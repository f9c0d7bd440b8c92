"""Failure kinds. Each message contains what happened, where, and what to do.

Alerts and exit codes use `kind`. `transient` decides retries: only failures that may
disappear without intervention are retried.
"""

import hashlib
import re
from typing import ClassVar


class FFError(Exception):
    """Base of every failure that the platform explains itself."""

    kind: ClassVar[str] = "error"
    transient: ClassVar[bool] = False


class ConfigError(FFError):
    """A setting, league profile, parameter or name is wrong; the user can correct it."""

    kind = "configuration"


class NothingToDo(ConfigError):
    """What the work is about was never loaded or set up: a scheduled run is skipped by it."""


class SourceError(FFError):
    """A provider answered with something unusable (404, corrupt file, wrong columns)."""

    kind = "source"


class SourceMissing(SourceError):
    """The provider has no such file or record (404)."""


class SourceUnavailable(SourceError):
    """A provider could not be reached or is failing (timeout, 5xx, 429)."""

    transient = True


class RateLimited(SourceUnavailable):
    """A provider requires a longer wait than a run allows; the message contains the time."""


class AuthError(SourceError):
    """A provider refuses the credentials; a second attempt with the same ones is useless."""

    kind = "authentication"


class AccountClosed(SourceError):
    """The provider reports an inactive account: skipped with a warning."""


class LakeMissing(FFError):
    """No lake, table or snapshot where one is needed."""

    kind = "lake-missing"


class LakeDamaged(FFError):
    """The lake's catalog is damaged, or missing while files or copies of the lake exist."""

    kind = "lake-damaged"


class LakeForeign(FFError):
    """The catalog and the data files are not, or may not be, of the same lake."""

    kind = "lake-foreign"


class LakeBusy(FFError):
    """Another process holds the lake's lock longer than the timeout."""

    kind = "lake-busy"
    transient = True


class LakeUnreachable(FFError):
    """The lake's catalog server or object store does not answer, or is swamped."""

    kind = "lake-unreachable"
    transient = True


class AlreadyRunning(FFError):
    """Another run does the same work right now."""

    kind = "already-running"


class StaleInput(FFError):
    """An input is older than its freshness policy allows."""

    kind = "stale-input"


class BrokenInput(FFError):
    """An input is missing, incomplete or fails a check of severity error."""

    kind = "broken-input"


class ContractViolation(FFError):
    """A frame does not meet its contract: rule, count and sample keys in the message."""

    kind = "contract"


class ShrunkOutput(FFError):
    """An official output lost too many rows, or a whole position or channel."""

    kind = "shrunk-output"


class ModelRegression(FFError):
    """A model is less accurate on the past than the figures stored with the code."""

    kind = "model-regression"


class PublishError(FFError):
    """An output could not be written; the previous one is untouched."""

    kind = "publish"
    transient = True


class DbtFailure(FFError):
    """A dbt model or test failed: node, failing rows and compiled SQL in the message."""

    kind = "dbt"


# Prefect groups equal failures by this text in an index; Postgres refuses rows past 2,700 bytes
# there, and the alert would be lost. A character takes up to four.
_LINE = 600


def failure_line(stage: str, error: BaseException) -> str:
    """State message of a failed run: `<stage>: <kind>: <first line>`; alerts read the kind."""
    kind = error.kind if isinstance(error, FFError) else type(error).__name__
    return one_line(f"{stage}: {kind}: {error}")


def one_line(text: str) -> str:
    """The first line, at most 600 characters."""
    first = next(iter(text.splitlines()), "")
    return first if len(first) <= _LINE else first[: _LINE - 1] + "…"


# A failed run carries its fingerprint in the name of its state, for alerts to group by.
_NAME = "Failed in "

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b", re.IGNORECASE)
# Folders and hosts may be temporary; the last part identifies the file.
_PLACE = re.compile(
    r"(?<![\w.])(?:[a-z][a-z0-9+]*://|\.{0,2}/)(?:[^\s/'\"`?]*/)*([^\s/'\"`?]*)(?:\?\S*)?"
)
_HEX = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,}\b", re.IGNORECASE)
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d[\d:.]*)?(?:Z|[+-]\d\d:?\d\d)?")
# An HTTP status is part of the failure. A number in an identifier belongs to its name.
_NUMBER = re.compile(
    r"(?<!http )(?<!status )(?<!code )(?<!answered )(?<![a-z_0-9.])-?\d[\d.,:+-]*"
    r"(?:\s?(?:seconds?|minutes?|hours?|days?|ms|s|min|h|d|[kmgt]?i?b|%)\b)?",
    re.IGNORECASE,
)


def _stable(text: str) -> str:
    """The text without ids, times, counts, durations, sizes and folders."""
    text = _UUID.sub("#", text)
    text = _PLACE.sub(r"\1", text)
    text = _TIME.sub("#", text)
    text = _HEX.sub("#", text)
    return " ".join(_NUMBER.sub("#", text).split())


def state_name(line: str) -> str:
    """Name of the state that ends with this `<stage>: <kind>: <text>` line."""
    stage, _, rest = line.partition(": ")
    kind = rest.partition(": ")[0] or "error"
    digest = hashlib.blake2b(_stable(line).encode(), digest_size=4).hexdigest()
    return f"{_NAME}{stage[:60]} ({kind[:60]}, {digest})"


def failure_key(name: str, message: str) -> str:
    """The text that distinguishes failures: our state's name, else the message."""
    return name if name.startswith(_NAME) else message


def interrupted(error: BaseException) -> bool:
    """Whether this is Ctrl-C: DuckDB, which notices it during a query, raises RuntimeError."""
    return type(error) is RuntimeError and "Query interrupted" in str(error)
