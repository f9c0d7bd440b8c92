"""dbt-duckdb plugin: its connection reaches the object store, without credentials in a profile."""

from typing import TYPE_CHECKING

from dbt.adapters.duckdb.plugins import BasePlugin

from ff_analytics.engine.dbt import session
from ff_analytics.engine.lake.attach.storage import open_store

if TYPE_CHECKING:
    import duckdb


class Plugin(BasePlugin):  # type: ignore[misc]
    """Runs once per connection, before the lake is attached."""

    def configure_connection(self, conn: "duckdb.DuckDBPyConnection") -> None:
        if session.current is not None:
            open_store(conn, session.current)
