"""Log lines for retries: the wait and the kind of error, without secrets."""

import logging

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

__all__ = ["PassingError", "retry_line", "stamina"]

logger = logging.getLogger(__name__)


class PassingError(Exception):
    """An answer that a later attempt may better; `wait` is the provider's own Retry-After."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def _of_the_lake(cause: Exception) -> bool:
    return "duckdb" in type(cause).__module__


def retry_line(details: RetryDetails) -> str:
    """One readable line. A library's own message may contain addresses with passwords."""
    cause = details.caused_by
    what = str(cause) if isinstance(cause, PassingError) else type(cause).__name__
    if _of_the_lake(cause):
        what = f"the lake is busy or away ({what})"
    return f"{what}; try {details.retry_num + 1} in {details.wait_for:.1f} s"


def _log_retry(details: RetryDetails) -> None:
    # Other processes write to the lake, too: waiting for the lock is no reason for a warning.
    level = logging.INFO if _of_the_lake(details.caused_by) else logging.WARNING
    logger.log(level, "%s", retry_line(details))


# For the whole process, wherever stamina is imported from: its own line repeats the error,
# and DuckDB's errors repeat the address of a Postgres catalog with its password.
set_on_retry_hooks([_log_retry])
