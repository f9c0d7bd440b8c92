"""dbt's environment on the lake: writer lock, profile variables, one connection to ask."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import Lock, Thread
from typing import Any

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.dbt import parse_cache
from ff_analytics.engine.lake import Provenance, exclusive
from ff_analytics.engine.lake.attach import connection
from ff_analytics.engine.lake.attach.catalog import ALIAS, catalog_path

# dbt keeps its flags, adapters and loggers in globals: one invocation at a time per process.
_one_at_a_time = Lock()
# Settings of the open session, for lake_plugin.py.
current: Settings | None = None


def environment(settings: Settings) -> dict[str, str]:
    """What the macros and dbt itself read.

    Values with the prefix `DBT_ENV_CUSTOM_ENV_` do not invalidate dbt's parse.
    """
    work = settings.data / "dbt"
    return {
        "DBT_PROJECT_DIR": str(settings.dbt_dir),
        "DBT_PROFILES_DIR": str(settings.dbt_dir),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "DBT_VERSION_CHECK": "false",
        # dbt keeps values with this prefix out of its messages: a Postgres catalog has a password.
        "DBT_ENV_SECRET_FF_CATALOG": catalog_path(settings),
        "DBT_ENV_CUSTOM_ENV_FF_ANALYTICS_DIR": settings.analytics,
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

    wanted = environment(settings) | parse_cache.start_from(settings)
    # The models' pre-hook stores it with each commit.
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
            parse_cache.keep(settings)


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
