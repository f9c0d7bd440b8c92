"""The catalog in the settings: its form for DuckLake, and its form in messages."""

import re
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings

ALIAS = "lake"
RESTORE = "If the catalog is damaged or lost, ff lake restore puts a copy of it back."
_URLS = ("postgres://", "postgresql://")
_PASSWORD = re.compile(r"\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|[^\s&]+)")


def column(name: str) -> str:
    """Quote the name of a column, which may contain dots and quotes."""
    return '"' + name.replace('"', '""') + '"'


def quote(name: str) -> str:
    """Quote a table; `schema.table` is quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def text(value: str) -> str:
    """`value` as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def is_remote(place: str) -> bool:
    """True for a prefix of an object store, False for a folder; `ConfigError` for other schemes."""
    scheme, found, rest = place.partition("://")
    if not found:
        return False
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not bucket or not prefix.strip("/"):
        raise ConfigError(f"{place!r} is no place for files: write a folder or s3://bucket/prefix.")
    return True


def catalog_file(settings: Settings) -> Path | None:
    """The SQLite catalog's file, or None when the catalog is a Postgres database."""
    kind, _, rest = settings.catalog.partition(":")
    if kind == "sqlite":
        return Path(rest)
    if kind == "postgres" or settings.catalog.startswith(_URLS):
        return None
    raise ConfigError(
        f"FF_LAKE_CATALOG begins with {kind!r}: write sqlite:<path> or postgres:<dsn>."
    )


def password_in(dsn: str) -> str | None:
    """The password in a DSN of either form, keywords or URL; None without one."""
    if found := _PASSWORD.search(dsn):
        return found[1].strip("'")
    return urlsplit(dsn).password if dsn.startswith(_URLS) else None


def dsn_of(settings: Settings) -> str:
    """The DSN of the Postgres catalog, with `PGPASSWORD` if it has no password."""
    said = settings.catalog
    if not said.startswith(_URLS):
        said = said.partition(":")[2].strip()
    word = settings.catalog_password
    if word is None or password_in(said):
        return said
    given = word.get_secret_value()
    if said.startswith(_URLS):
        return f"{said}{'&' if '?' in said else '?'}password={percent(given, safe='')}"
    escaped = given.replace("\\", "\\\\").replace("'", "\\'")
    return f"{said} password='{escaped}'"


def catalog_path(settings: Settings) -> str:
    """The text after `ducklake:` in an ATTACH; contains the password of a Postgres catalog."""
    return settings.catalog if catalog_file(settings) else f"postgres:{dsn_of(settings)}"


def hide(said: str, settings: Settings) -> str:
    """The message without the secrets of the lake's settings."""
    words: list[str | None] = []
    if catalog_file(settings) is None:
        dsn = dsn_of(settings)
        words += [dsn, settings.catalog, settings.catalog.partition(":")[2], password_in(dsn)]
    secrets = (settings.catalog_password, settings.s3_secret, settings.s3_session_token)
    words += [secret.get_secret_value() for secret in secrets if secret]
    for word in words:
        if word and word.strip():
            said = said.replace(word.strip(), "***")
    return said


def reason(error: Exception, settings: Settings) -> str:
    """The error of DuckDB or the system, on one line, without secrets."""
    return " ".join(hide(str(error), settings).split())


def shown(settings: Settings) -> str:
    """The catalog as shown in messages: without the password of a DSN."""
    file = catalog_file(settings)
    return str(file) if file else "on the Postgres catalog"


def way_back(settings: Settings) -> str:
    """The sentence that names how a lost or damaged catalog is put back."""
    if catalog_file(settings):
        return RESTORE
    return "pg_restore puts a dump of the catalog back (docs/operations.md, 'Backup and restore')."


def attach_options(settings: Settings) -> dict[str, str]:
    """DuckLake ATTACH options shared with the dbt profile.

    Attaching does not create a lake: `connection.session` does, after it has looked for traces.
    """
    options = {"DATA_PATH": settings.files, "CREATE_IF_NOT_EXISTS": "false"}
    if catalog_file(settings):
        # WAL lets readers and the one writer work concurrently on the SQLite catalog.
        options |= {"META_JOURNAL_MODE": "WAL", "META_BUSY_TIMEOUT": "15000"}
    if not settings.lake_catalog and not settings.lake_data:
        # The files are next to their catalog, so a data folder may be moved, renamed or copied.
        options["OVERRIDE_DATA_PATH"] = "1"
    return options
