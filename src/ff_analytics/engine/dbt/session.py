"""dbt's environment on the lake: writer lock, profile variables, one connection to ask."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import Lock, Thread
from typing import Any

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import Provenance, exclusive
from ff_analytics.engine.lake.attach import connection
from ff_analytics.engine.lake.attach.catalog import (
    ALIAS,
    attach_options,
    catalog_file,
    catalog_path,
)
from ff_analytics.engine.lake.attach.extensions import extension_directory

# dbt keeps its flags, adapters and loggers in globals: one invocation at a time per process.
_one_at_a_time = Lock()
# The open session, for the plugin in store.py.
current: Settings | None = None


def environment(settings: Settings) -> dict[str, str]:
    """What profiles.yml, dbt_project.yml and dbt itself read."""
    scanner = "sqlite_scanner" if catalog_file(settings) else "postgres_scanner"
    work = settings.data / "dbt"
    # It ends up in an SQL string that dbt-duckdb fills as a format string.
    published = settings.analytics.replace("'", "''")
    published = published.replace("{", "{{").replace("}", "}}")
    return {
        "DBT_PROJECT_DIR": str(settings.dbt_dir),
        "DBT_PROFILES_DIR": str(settings.dbt_dir),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "DBT_VERSION_CHECK": "false",
        "FF_DBT_TEMP": str(work / "tmp"),
        "FF_DBT_EXTENSIONS": str(extension_directory()),
        "FF_DBT_CATALOG_EXTENSION": scanner,
        "DBT_ENV_SECRET_FF_CATALOG": catalog_path(settings),
        "FF_DBT_ATTACH_OPTIONS": json.dumps(attach_options(settings)),
        "FF_DBT_ANALYTICS_DIR": published,
    }


def preload() -> None:
    """Import dbt in the background, so that a later build finds it ready (0.8 s, or twice that)."""
    Thread(target=import_module, args=("dbt.cli.main",), name="dbt-preload", daemon=True).start()


@contextmanager
def session(
    settings: Settings,
    provenance: Provenance,
    published: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[None]:
    """The lake's writer lock and dbt's environment; connections are closed afterwards.

    `published` names the files that analytics marts read, by output; without it they read
    `<output>/latest.parquet`.
    """
    # Imported before the lock is taken: the import costs more than most builds.
    import dbt.cli.main  # noqa: F401
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt_common.events.functions import reset_metadata_vars

    wanted = environment(settings)
    # The models' pre-hook stores it with each commit; this prefix does not unsettle the parse.
    wanted["DBT_ENV_CUSTOM_ENV_FF_PROVENANCE"] = provenance.model_dump_json()
    wanted["DBT_ENV_CUSTOM_ENV_FF_PUBLISHED"] = json.dumps(dict(published or {}))
    global current  # noqa: PLW0603  # dbt loads the plugin that reads it
    with exclusive(provenance.author, settings=settings), _one_at_a_time:
        # dbt attaches the lake itself, and does not check the identity.
        with connection.session(settings, read_only=False, holder=provenance.author):
            pass
        current = settings
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        reset_metadata_vars()
        try:
            yield
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager.close_all_connections()
            for name in wanted:
                del os.environ[name]
            os.environ.update({name: value for name, value in before.items() if value is not None})


def execute(sql: str) -> list[dict[str, Any]]:
    """Run SQL on dbt's own connection, while a session is open; rows by column name."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    cursor = DuckDBConnectionManager.env().conn.cursor()
    try:
        found = cursor.execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        # Closing an open transaction rolls it back.
        cursor.close()


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def current_snapshot() -> int:
    """Newest snapshot of the lake as dbt's connection sees it."""
    return int(execute(f"SELECT id FROM ducklake_current_snapshot('{ALIAS}')")[0]["id"])
