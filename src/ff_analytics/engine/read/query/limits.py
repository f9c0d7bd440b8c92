"""How much one query may cost, and the errors of a query that is refused or stopped."""

from dataclasses import dataclass

from ff_analytics.engine.base.errors import ConfigError, FFError


class QueryRefused(ConfigError):
    """The query does more than read tables of the lake, or cannot be parsed."""


class QueryFailed(ConfigError):
    """DuckDB could not answer the query: an unknown column, a cast, memory."""


class QueryStopped(FFError):
    """The query ran into its time limit, or was cancelled."""

    kind = "query-stopped"


@dataclass(frozen=True)
class Limits:
    """Bounds of one query: rows and bytes of its result, seconds, memory of DuckDB."""

    rows: int = 10_000
    seconds: float = 20.0
    memory_mb: int = 768
    result_mb: int = 64
