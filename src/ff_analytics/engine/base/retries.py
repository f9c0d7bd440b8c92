"""How often what fails is tried again, and the log lines about it, without secrets."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

Retried = type[Exception] | tuple[type[Exception], ...] | Callable[[Exception], bool | float]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Policy:
    """Bounds of the attempts; waits grow from `first` to `longest` seconds, with jitter.

    `seconds` bound the attempts together; None for no such bound.
    """

    attempts: int
    seconds: float | None
    first: float = 0.1
    longest: float = 5.0

    def attempts_on(self, error: Retried) -> Any:
        """Stamina's attempts, for a `for` loop; `error` decides what is tried again."""
        return stamina.retry_context(
            on=error,
            attempts=self.attempts,
            timeout=self.seconds,
            wait_initial=self.first,
            wait_max=self.longest,
        )


READING = Policy(8, 15.0, first=0.05)
# A database server that restarts is back well within a minute.
WRITING = Policy(40, 60.0, first=0.05, longest=2.0)
DBT = Policy(12, 60.0, first=0.2, longest=2.0)
# A busy Prefect server with SQLite answers 500 or 503 while its database is locked.
SERVER = Policy(5, 90.0, first=0.5, longest=10.0)


def provider(attempts: int) -> Policy:
    """Requests to a provider; each has its own timeout."""
    return Policy(attempts, None, first=0.5, longest=20.0)


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
