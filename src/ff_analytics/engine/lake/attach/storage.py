"""The object store for the lake's files and the products' outputs."""

from typing import NamedTuple
from urllib.parse import urlsplit

import duckdb

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import is_remote, text

# Waits of 0.25 s and twice as long each time, half a minute in all: a store that answers 503 for
# a while is waited for; one that is down is reported within a minute.
_RETRIES, _WAIT_MS = 8, 250


def used(settings: Settings) -> bool:
    """True when the lake's files or the published ones are in an object store."""
    return is_remote(settings.files) or is_remote(settings.analytics)


class Credentials(NamedTuple):
    """Credentials for the object store."""

    key: str
    secret: str
    token: str | None


def credentials(settings: Settings) -> Credentials:
    """Those of the environment; `ConfigError` when they are missing."""
    key, secret, token = settings.s3_key_id, settings.s3_secret, settings.s3_session_token
    if key is None or secret is None:
        raise ConfigError(
            f"{settings.files if is_remote(settings.files) else settings.analytics} needs "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in .env or the environment."
        )
    return Credentials(
        key.get_secret_value(),
        secret.get_secret_value(),
        token.get_secret_value() if token else None,
    )


def _options(settings: Settings) -> dict[str, str]:
    known = credentials(settings)
    options = {"KEY_ID": known.key, "SECRET": known.secret, "REGION": settings.s3_region}
    if known.token:
        options["SESSION_TOKEN"] = known.token
    if settings.s3_endpoint:
        where = urlsplit(settings.s3_endpoint)
        if where.scheme not in ("http", "https") or not where.netloc or "@" in where.netloc:
            raise ConfigError("AWS_ENDPOINT_URL_S3 is no address: write http(s)://host:port.")
        options |= {
            "ENDPOINT": where.netloc + where.path.rstrip("/"),
            "USE_SSL": str(where.scheme == "https").lower(),
            # Stores on an address of one's own rarely have a name per bucket.
            "URL_STYLE": "path",
        }
    return options


def open_store(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Give `con` access to the object store; do nothing when the settings name none.

    The credentials become a secret of this one instance, which DuckDB shows redacted only.
    Raises `ConfigError` when they are missing.
    """
    if not used(settings):
        return
    options = ", ".join(f"{name} {text(value)}" for name, value in _options(settings).items())
    con.execute("LOAD httpfs")
    # The extension also copies AWS_… of the environment into settings that any query can show.
    con.execute("RESET s3_secret_access_key; RESET s3_access_key_id; RESET s3_session_token")
    con.execute(f"SET http_retries = {_RETRIES}; SET http_retry_wait_ms = {_WAIT_MS}")
    con.execute("SET http_retry_backoff = 2")
    try:
        con.execute(f"CREATE OR REPLACE SECRET ff_store (TYPE s3, {options})")
    except duckdb.Error as error:
        # The statement contains the credentials, and DuckDB may quote it.
        raise ConfigError(
            f"DuckDB takes no such credentials of an object store ({type(error).__name__}): "
            "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL_S3."
        ) from None
