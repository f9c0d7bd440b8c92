"""Whether everything that a daily run needs is there: one line each, with what to do."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from prefect.settings import get_current_settings
from pydantic import BaseModel, ConfigDict

from blocks.stored import stored_credentials
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import (
    ConfigError,
    FFError,
    LakeDamaged,
    LakeForeign,
    LakeMissing,
)
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.engine.checks.checks import freshness
from ff_analytics.engine.checks.result import Status
from ff_analytics.engine.http.credentials import Stored
from ff_analytics.engine.lake import damage
from ff_analytics.engine.lake.attach import catalog, connection, extensions, identity, storage
from ff_analytics.engine.lake.care import backup, catalog_size
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.domain import switched_off
from ff_analytics.engine.sources.loading_deployments import how_to_load, last_brought
from ff_analytics.platform import exposure
from ff_analytics.platform.alerts import delivery, notifiers
from ff_analytics.platform.api import cloud
from ff_analytics.platform.api.server import let_in
from ff_analytics.platform.declared import files
from ff_analytics.platform.processes import services
from ff_analytics.platform.watch import findings, observe

_GIB = 1024**3
# Maintenance takes one every night; a machine that sleeps at night may miss one.
_COPY_AGE = timedelta(hours=50)


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Line(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True)

    what: str
    verdict: Verdict
    found: str
    what_to_do: str = ""


def ok(what: str, found: str) -> Line:
    return Line(what=what, verdict=Verdict.OK, found=found)


def warn(what: str, found: str, what_to_do: str) -> Line:
    return Line(what=what, verdict=Verdict.WARN, found=found, what_to_do=what_to_do)


def fail(what: str, found: str, what_to_do: str) -> Line:
    return Line(what=what, verdict=Verdict.FAIL, found=found, what_to_do=what_to_do)


def python() -> Iterator[Line]:
    yield ok("python", ".".join(map(str, sys.version_info[:3])))


def packages() -> Iterator[Line]:
    """Installed packages equal the lock for this machine."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import Requirement

    lines = (PROJECT_ROOT / "requirements.lock").read_text().splitlines()
    pinned = [Requirement(x.rstrip(" \\")) for x in lines if x and x[0] not in " #"]
    wrong = []
    for requirement in pinned:
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            if version(requirement.name) not in requirement.specifier:
                wrong.append(f"{requirement.name} {version(requirement.name)}")
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} missing")
    if wrong:
        yield fail("packages", ", ".join(wrong[:5]), "scripts/bootstrap installs the lock")
    else:
        yield ok("packages", f"{len(pinned)} as locked")


def wheels() -> Iterator[Line]:
    try:
        extensions.extension_directory()
    except FFError as error:
        yield fail("DuckDB extensions", str(error), "scripts/bootstrap")
    else:
        yield ok("DuckDB extensions", ", ".join(extensions.NAMES))


def modules() -> Iterator[Line]:
    """Every product and source can be imported; one that cannot stops only itself."""
    bad = {
        **{f"product {name}": why for name, why in products.broken().items()},
        **{f"source {name}": why for name, why in sources.broken().items()},
    }
    for name, why in bad.items():
        yield fail(name, why, "Correct the file, or remove it.")
    if not bad:
        yield ok("modules", f"{len(products.names())} products, {len(sources.names())} sources")


def _cloud(url: str) -> Line:
    try:
        asyncio.run(let_in())
    except ConfigError as error:
        return fail("server", str(error), "docs/scale-out.md, 'Prefect Cloud'")
    return ok("server", f"Prefect Cloud, workspace {url.rstrip('/').rpartition('/')[2]}")


def server() -> Iterator[Line]:
    """Reachable, willing, and not open to the network without a password."""
    settings = get_current_settings()
    url = str(settings.api.url or "")
    if cloud.misconfigured() or cloud.is_cloud(url):
        yield _cloud(url)
        return
    login = settings.api.auth_string
    state = services.api_state(url, login.get_secret_value() if login else None)
    if state == "ours":
        yield ok("server", url)
    elif state == "free":
        yield fail("server", f"nothing answers at {url}", "prefect server start, or quickstart")
    else:
        yield fail("server", f"{url} refuses us", "PREFECT_API_AUTH_STRING in .env, as the server")
    for one in exposure.of_server():
        yield fail(one.what, one.found, one.what_to_do)


def env() -> Iterator[Line]:
    """Whether only this user can read `.env`, which contains passwords."""
    for one in exposure.of_env():
        yield fail(one.what, one.found, one.what_to_do)


async def _workers() -> list[findings.Silence]:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return await observe.pools(client, datetime.now(UTC))


def workers() -> Iterator[Line]:
    for pool in asyncio.run(_workers()):
        if finding := findings.worker_offline(pool, datetime.now(UTC), findings.Limits()):
            yield fail(f"worker of {pool.name}", "none alive", finding.what_to_do)
        else:
            age = pool.age.total_seconds()
            yield ok(f"worker of {pool.name}", f"last heard of {age:.0f} s ago")


def platform() -> Iterator[Line]:
    """Deployments, schedules, automations and blocks as in the repository."""
    done = subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "platform", "plan"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.strip().splitlines() or ["no answer"])[-1]
    if done.returncode == 0:
        yield ok("platform", last)
    elif done.returncode == 3:
        yield warn("platform", last, "ff platform plan shows it, apply corrects it")
    else:
        yield fail("platform", (done.stderr.strip() or last)[-300:], "ff platform plan")


async def _undelivered() -> list[delivery.Delivery]:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return await delivery.undelivered(client, datetime.now(UTC))


def alerts() -> Iterator[Line]:
    """Whether people would hear of a failure, and did of the last ones."""
    if not any(notifiers.value_of(block.url_from) for block in files.load().blocks):
        yield warn("alerts", "off", "Set DISCORD_WEBHOOK_URL, ff platform apply")
    elif lost := asyncio.run(_undelivered()):
        said = f"{len(lost)} not delivered, last {lost[-1].at:%H:%M} UTC: {lost[-1].reason}"
        yield warn("alerts", said, "ff notify-test; the watch sends them again")
    else:
        yield ok("alerts", "all of the last day delivered")


def _clock(con: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    if said := lake.ahead_of_clock(con):
        yield warn("clock", said, "Set it (timedatectl), then load again: ages depend on it.")


def _published(con: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    """Empty marts of products; products that never ran are skipped."""
    for product in products.loadable():
        if not lake.table_exists(con, product.mart):
            continue
        rows, newest = con.execute(
            f"SELECT count(*), max(snapshot_date) FROM {lake.quote(product.mart)}"
        ).fetchall()[0]
        if rows:
            yield ok(product.mart, f"{rows:,} rows, newest of {newest}")
        elif not product.allow_empty:
            yield warn(product.mart, "empty (0 rows)", f"Run {product.deployment}.")


def outputs() -> Iterator[Line]:
    """Published files and reports: there, readable, and with rows."""
    place = get_settings().analytics
    for product in () if place.startswith("s3://") else products.loadable():
        for file in sorted((Path(place) / product.output).glob("**/latest.parquet")):
            try:
                rows = pq.read_metadata(file).num_rows
            except (OSError, pa.ArrowInvalid) as error:
                todo = f"Run {product.deployment} again."
                yield fail(f"output {product.name}", f"{file.name} is unreadable: {error}", todo)
                continue
            if not rows and not product.allow_empty:
                todo = f"Run {product.deployment} again."
                yield warn(f"output {product.name}", f"{file.name} is empty (0 rows)", todo)


def _ages(con: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    """Each dataset that was ever loaded, of the domains in use."""
    for dataset, name in sources.by_table().values():
        if switched_off(sources.domain_of(name), get_settings()):
            continue
        result = freshness(con, dataset)
        # Tables that this user never loads are not checked.
        if result.observed == "never loaded":
            continue
        if result.status is Status.OK:
            yield ok(dataset.table, result.observed)
        else:
            loads = last_brought(con, dataset.table)
            todo = f"Run {loads}." if loads else how_to_load([dataset.table])
            yield warn(dataset.table, result.observed, todo)


def the_lake() -> Iterator[Line]:
    """Readable, and each dataset young enough."""
    try:
        with lake.connect() as con:
            of_lake = identity.shared(con, get_settings())
            found = f"{of_lake or 'no identity'}, snapshot {lake.snapshot_of(con)}"
            todo = "The next ingest writes it; maintenance waits for it."
            yield ok("lake", found) if of_lake else warn("lake", found, todo)
            yield from _clock(con)
            for damaged in damage.damaged_files(con, get_settings()):
                yield fail("data file", damage.sentence(con, damaged), "")
            if not lake.table_exists(con, "ops.ingest_runs"):
                return
            yield from _ages(con)
            yield from _published(con)
    except LakeMissing as error:
        yield warn("lake", "none yet", str(error))
    except (LakeDamaged, LakeForeign) as error:
        yield fail("lake", f"{error.kind}: {error}", "docs/operations.md, 'Backup and restore'")
    except FFError as error:
        yield fail("lake", str(error), "docs/operations.md, 'Backup and restore'")
    except duckdb.Error as error:
        yield fail("lake", catalog.reason(error, get_settings()), catalog.RESTORE)


def catalog_copies() -> Iterator[Line]:
    """Whether a damaged catalog could be put back, and how much it would lose."""
    settings = get_settings()
    file = catalog.catalog_file(settings)
    if file is None:
        yield ok("catalog copy", "Postgres, so yours to take with pg_dump; not looked at here")
        return
    known = backup.copies(settings)
    for suspect in backup.suspects(settings)[:1]:
        if not known or backup.taken_at(suspect) >= backup.taken_at(known[0]):
            said = f"the last one held {catalog_size.of(suspect)}, far less than the one before"
            yield fail("catalog copy", said, f"ff lake restore shows it: {suspect.name}")
            return
    if known or file.exists():
        age = datetime.now(UTC) - backup.taken_at(known[0]) if known else None
        found = f"{findings.minutes(age)} old, {len(known)} kept" if age else "none yet"
        if age and -lake.CLOCK_TOLERANCE <= age <= _COPY_AGE:
            yield ok("catalog copy", found)
        else:
            yield warn("catalog copy", found, "Run maintenance/nightly: it takes one each time.")


def object_store() -> Iterator[Line]:
    """Whether the store answers us; nothing where all files are on this host."""
    settings = get_settings()
    try:
        if not storage.used(settings):
            return
        with connection.store_connection(settings) as con:
            # Listing a missing prefix tests address, credentials, bucket and permission.
            con.execute("SELECT * FROM glob(?)", [f"{settings.files}/asked-by-doctor*"]).fetchall()
    except FFError as error:
        yield fail("object store", str(error), "docs/scale-out.md, 'The lake on Postgres and S3'")
    except duckdb.Error as error:
        said = catalog.reason(error, settings)
        yield fail("object store", said, "Check the store at AWS_ENDPOINT_URL_S3.")
    else:
        yield ok("object store", f"{settings.files} can be listed; writing is not tried")


def provider_accounts(stored: Stored | None = None) -> Iterator[Line]:
    """Every connection that a tenant's file names: does the provider take its credentials?"""
    from ff_analytics.engine.accounts.connection import configured

    try:
        for one in configured(get_settings(), stored):
            what = f"{one.kind} {one.name}"
            if one.result is None:
                todo = f"Create the block, or set {one.name.upper().replace('-', '_')}_…"
                yield warn(what, f"not set; {', '.join(one.tenants)} is left out", todo)
            elif one.result["ok"]:
                yield ok(what, f"{one.result['account']}, {one.result['latency_ms']} ms")
            else:
                yield fail(what, one.result["error"], "see Credentials in docs/marketing.md")
    except ConfigError as wrong:
        yield fail("tenants", str(wrong), "docs/marketing.md shows such a file")


def disk() -> Iterator[Line]:
    folder = get_settings().data
    free = shutil.disk_usage(folder if folder.exists() else PROJECT_ROOT).free / _GIB
    if free < 1:
        yield fail("disk", f"{free:.1f} GiB free", "Free space: below 1 GiB publishing may fail.")
    elif free < 5:
        yield warn("disk", f"{free:.1f} GiB free", "Free space soon.")
    else:
        yield ok("disk", f"{free:.0f} GiB free")


def examine() -> list[Line]:
    """All lines; checks that need a server are skipped when none answers."""
    lines = [*python(), *packages(), *wheels(), *modules(), *disk(), *env(), *server()]
    online = all(line.verdict is not Verdict.FAIL for line in lines if line.what == "server")

    def accounts() -> Iterator[Line]:
        return provider_accounts(stored_credentials if online else None)

    looks: tuple[Callable[[], Iterator[Line]], ...] = (workers, platform, alerts) if online else ()
    for look in (*looks, accounts):
        try:
            lines += look()
        except Exception as error:
            lines.append(fail(look.__name__, f"{type(error).__name__}: {error}", ""))
    return [*lines, *the_lake(), *outputs(), *object_store(), *catalog_copies()]
