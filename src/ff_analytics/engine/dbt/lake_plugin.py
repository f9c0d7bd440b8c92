"""dbt-duckdb plugin: puts the lake's place and credentials into the connection, not the profile.

dbt hashes the profile: one that named a data folder would be parsed again for every folder.
"""

from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.dbt import session
from ff_analytics.engine.lake.attach.catalog import attach_options, catalog_file, catalog_path
from ff_analytics.engine.lake.attach.extensions import extension_directory
from ff_analytics.engine.lake.attach.storage import open_store

if TYPE_CHECKING:
    import duckdb
    from dbt.adapters.duckdb.credentials import DuckDBCredentials


def _settings() -> Settings:
    if session.current is None:
        raise ConfigError("Start dbt as `ff dbt …`: it takes the lake's lock and says where it is.")
    return session.current


class Plugin(BasePlugin):  # type: ignore[misc]
    """Called once per connection, before dbt attaches the lake."""

    def update_connection_config(self, creds: "DuckDBCredentials", config: dict[str, Any]) -> None:
        settings = _settings()
        config["extension_directory"] = str(extension_directory())
        config["temp_directory"] = str(settings.data / "dbt" / "tmp")
        scanner = "sqlite_scanner" if catalog_file(settings) else "postgres_scanner"
        creds.extensions = ["ducklake", scanner]
        (attachment,) = creds.attach
        attachment.path = f"ducklake:{catalog_path(settings)}"
        attachment.options = attach_options(settings)

    def configure_connection(self, conn: "duckdb.DuckDBPyConnection") -> None:
        open_store(conn, _settings())
