"""The catalog's own rows: reading them, and copying them into another catalog."""

from dataclasses import dataclass

import duckdb

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import ALIAS, catalog_file, dsn_of, quote, text

SOURCE = f"__ducklake_metadata_{ALIAS}"
TARGET = "moved"
# Small rows in the catalog are written to files before, so there are none to copy; files that
# wait for their deletion are not copied either.
_LEFT_OUT = ("ducklake_inlined_", "ducklake_files_scheduled_for_deletion")


@dataclass(frozen=True)
class Table:
    """One table with every file that any of its snapshots needs: size in bytes by path."""

    name: str
    files: dict[str, int]


def tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """All tables of the attached lake, dropped ones that history still shows included."""
    found = con.execute(
        f"""
        WITH files AS (
            SELECT table_id, path, path_is_relative, file_size_bytes
            FROM {SOURCE}.ducklake_data_file
            UNION ALL
            SELECT table_id, path, path_is_relative, file_size_bytes
            FROM {SOURCE}.ducklake_delete_file
        ),
        homes AS (
            SELECT table_id, any_value(s.schema_name || '.' || t.table_name) AS name,
                any_value(s.path || t.path) AS home,
                bool_and(s.path_is_relative::BOOLEAN AND t.path_is_relative::BOOLEAN) AS relative
            FROM {SOURCE}.ducklake_table t JOIN {SOURCE}.ducklake_schema s USING (schema_id)
            GROUP BY table_id
        )
        SELECT name, home || f.path, file_size_bytes, relative AND f.path_is_relative::BOOLEAN
        FROM homes LEFT JOIN files f USING (table_id) ORDER BY ALL
        """
    ).fetchall()
    by_name: dict[str, dict[str, int]] = {}
    for name, path, size, relative in found:
        files = by_name.setdefault(name, {})
        if path is not None:
            if not relative:
                raise ConfigError(f"{name} has a file outside of the lake: {path}. Move it first.")
            files[path] = size
    return [Table(name, files) for name, files in by_name.items()]


def attach_target(con: duckdb.DuckDBPyConnection, target: Settings) -> None:
    """The target catalog's database as `moved`; an empty one is fine."""
    file = catalog_file(target)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    where = text(str(file)) if file else text(dsn_of(target))
    kind = "sqlite" if file else "postgres"
    con.execute(f"LOAD {kind}_scanner; ATTACH {where} AS {TARGET} (TYPE {kind})")


def names(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the target catalog's tables."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? "
        "AND schema_name IN ('main', 'public') AND table_name LIKE 'ducklake_%' ORDER BY 1",
        [TARGET],
    ).fetchall()
    return [name for (name,) in rows if not name.startswith(_LEFT_OUT)]


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? "
        "AND schema_name IN ('main', 'public') AND table_name = ? ORDER BY column_index",
        [TARGET, table],
    ).fetchall()


def copy(con: duckdb.DuckDBPyConnection) -> None:
    """Replace the target catalog's rows by the source's, all of them or none.

    Both have the tables of this DuckLake; only the prefix of the files remains the target's.
    """
    con.execute("BEGIN")
    for name in names(con):
        columns = _columns(con, name)
        listed = ", ".join(quote(column) for column, _ in columns)
        cast = ", ".join(f"{quote(column)}::{kind}" for column, kind in columns)
        where = "WHERE key <> 'data_path'" if name == "ducklake_metadata" else ""
        con.execute(f"DELETE FROM {TARGET}.{name} {where}")
        con.execute(
            f"INSERT INTO {TARGET}.{name} ({listed}) SELECT {cast} FROM {SOURCE}.{name} {where}"
        )
    con.execute("COMMIT")
