"""The models on a Postgres, from the lake's raw rows (`ff dbt postgres`).

`load` copies the raw tables and what products published last, all of one lake snapshot; any
other word is dbt's own command line on that database.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.dbt.session import environment, literal

_RAW = """
    SELECT schema_name, table_name FROM duckdb_tables()
    WHERE database_name = 'lake' AND schema_name LIKE 'raw\\_%' ESCAPE '\\' ORDER BY ALL
"""


def address(settings: Settings) -> dict[str, str]:
    """Parts of FF_DBT_POSTGRES; `ConfigError` where it or the adapter is missing."""
    try:
        from psycopg2 import ProgrammingError  # type: ignore[import-untyped]
        from psycopg2.extensions import parse_dsn  # type: ignore[import-untyped]
    except ImportError:
        raise ConfigError(
            "dbt-postgres is not installed here: .venv/bin/pip install 'dbt-postgres>=1.10'."
        ) from None
    dsn = settings.dbt_postgres.get_secret_value() if settings.dbt_postgres else ""
    if not dsn:
        raise ConfigError("FF_DBT_POSTGRES is not set: put the DSN of a Postgres into .env.")
    try:
        given: dict[str, str] = parse_dsn(dsn)
    except ProgrammingError:
        raise ConfigError(
            "FF_DBT_POSTGRES is no DSN: host=... port=5432 dbname=... user=... password=..."
        ) from None
    return {"host": "127.0.0.1", "port": "5432", "user": "postgres", "password": "", **given}


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[None]:
    """The Postgres attached as `pg`, in one transaction; `ConfigError` if it refuses."""
    where = " ".join(f"{name}={literal(value)}" for name, value in address(settings).items())
    con.execute("LOAD postgres_scanner")
    try:
        con.execute(f"ATTACH {literal(where)} AS pg (TYPE postgres)")
    except duckdb.Error:
        # DuckDB's own words repeat the address with its password.
        raise ConfigError("No Postgres lets us in at FF_DBT_POSTGRES; is it running?") from None
    try:
        con.execute("BEGIN")
        try:
            yield
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
    finally:
        # Connections of a process share what is attached.
        con.execute("DETACH pg")


def _copy(con: duckdb.DuckDBPyConnection, schema: str, table: str, rows: str) -> int:
    target = f"pg.{lake.quote(schema)}.{lake.quote(table)}"
    con.execute(f"CREATE TABLE {target} AS {rows}")
    (count,) = con.execute(f"SELECT count(*) FROM {target}").fetchone() or (0,)
    return int(count)


def _official_files(con: duckdb.DuckDBPyConnection, folder: str) -> dict[str, list[str]]:
    """Official files by output: those of each league or tenant, else the product's own."""
    found: dict[str, list[str]] = {}
    for pattern in ("*/*/latest.parquet", "*/latest.parquet"):
        query = f"SELECT file FROM glob({literal(f'{folder}/{pattern}')}) ORDER BY file"
        files = [str(file) for (file,) in con.execute(query).fetchall()]
        # Of the second pattern only outputs that the first one did not find.
        new = {file.split("/")[-pattern.count("/") - 1] for file in files} - set(found)
        for file in files:
            output = file.split("/")[-pattern.count("/") - 1]
            if output in new:
                found.setdefault(output, []).append(file)
    return found


def load(settings: Settings) -> dict[str, int]:
    """Rows by table, copied again; marts with history (`analytics.mrt_*`) stay. One transaction."""
    counts = {}
    with lake.connect(settings=settings) as con, attached(con, settings):
        raw = [(str(schema), str(table)) for schema, table in con.execute(_RAW).fetchall()]
        for schema in sorted({schema for schema, _ in raw}):
            # With what is built on it: views over the old tables would keep them.
            con.execute(f"DROP SCHEMA IF EXISTS pg.{lake.quote(schema)} CASCADE")
            con.execute(f"CREATE SCHEMA pg.{lake.quote(schema)}")
        con.execute("CREATE SCHEMA IF NOT EXISTS pg.analytics")
        for schema, table in raw:
            rows = f"FROM lake.{lake.quote(schema)}.{lake.quote(table)}"
            counts[f"{schema}.{table}"] = _copy(con, schema, table, rows)
        for output, files in _official_files(con, settings.analytics).items():
            con.execute(f"DROP TABLE IF EXISTS pg.analytics.{lake.quote(output)}")
            listed = ", ".join(literal(file) for file in files)
            rows = f"FROM read_parquet([{listed}], union_by_name = true)"
            counts[f"analytics.{output}"] = _copy(con, "analytics", output, rows)
    return counts


def run(arguments: Sequence[str], settings: Settings) -> int:
    """dbt with these arguments on the Postgres; its exit code."""
    given = address(settings)
    wanted = environment(settings)
    wanted |= {f"FF_DBT_POSTGRES_{n.upper()}": v for n, v in given.items() if n != "password"}
    wanted["DBT_ENV_SECRET_FF_POSTGRES_PASSWORD"] = given["password"]
    # Its parse is another: the lake's stays warm.
    wanted["DBT_TARGET_PATH"] = str(settings.data / "dbt" / "postgres")
    os.environ.update(wanted)
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner().invoke([*arguments, "--target", "postgres"])
    if outcome.exception is not None:
        sys.stderr.write(f"{outcome.exception}\n")
        return 2
    return 0 if outcome.success else 1
