"""The move itself: refuse, plan, copy files, copy the catalog, compare."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import duckdb

from ff_analytics.engine.base.errors import ConfigError, FFError, LakeMissing
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import (
    ALIAS,
    attach_options,
    catalog_file,
    catalog_path,
    text,
)
from ff_analytics.engine.lake.attach.connection import session
from ff_analytics.engine.lake.attach.locks import exclusive_lock
from ff_analytics.engine.lake.attach.storage import open_store
from ff_analytics.engine.lake.care.files import Storage, missing, storage_of
from ff_analytics.engine.lake.move import rows, verify
from ff_analytics.engine.lake.writer import exclusive

ReportLine = Callable[[str], None]
_WHO = "ff lake move"
_NEW = "new_lake"
_MARKER = "lake-move.json"


class MoveFailed(FFError):
    """The copy differs from its source: the settings must not be changed."""

    kind = "lake-move"


def _about(source: Settings) -> dict[str, Any]:
    """Identifies a source, without a DSN."""
    words = f"{source.catalog}\n{source.files}"
    return {"by": _WHO, "from": hashlib.sha256(words.encode()).hexdigest()}


def check_target(con: duckdb.DuckDBPyConnection, source: Settings, target: Settings) -> bool:
    """True if this move was started before; `ConfigError` if the target has anything else."""
    there = storage_of(target)
    marker = json.loads(there.read(_MARKER) or b"null")
    rows.attach_target(con, target)
    known = rows.names(con)
    con.execute(f"DETACH {rows.TARGET}")
    if marker == _about(source):
        return True
    held = [f"{len(there.sizes())} files in {target.files}"] if there.sizes() else []
    held += [f"a catalog with {len(known)} tables"] if known else []
    if held or marker:
        raise ConfigError(
            f"The target contains {' and '.join(held)} that this move did not create. "
            "Choose an empty database and an empty prefix, or empty them."
        )
    return False


def _make_catalog(con: duckdb.DuckDBPyConnection, target: Settings) -> None:
    """The target's tables, empty, as this DuckLake creates them."""
    given = attach_options(target) | {"CREATE_IF_NOT_EXISTS": "true"}
    options = ", ".join(f"{key} {text(value)}" for key, value in given.items())
    con.execute(f"ATTACH {text(f'ducklake:{catalog_path(target)}')} AS {_NEW} ({options})")
    con.execute(f"DETACH {_NEW}")


def _copy_files(
    tables: list[rows.Table], source: Storage, target: Storage, report_line: ReportLine
) -> None:
    there = target.sizes()
    for table in tables:
        todo = list(missing(table.files, there))
        for path in todo:
            source.copy_to(target, path)
            fault_point("lake-move.after-file")
        size = sum(table.files.values()) / 1e6
        before = len(table.files) - len(todo)
        already = f", {before} there already" if before else ""
        report_line(f"copied    {table.name}: {len(table.files)} files, {size:,.2f} MB{already}")


def _compare(
    con: duckdb.DuckDBPyConnection, target: Settings, keys: verify.Keys, report_line: ReportLine
) -> None:
    options = ", ".join(f"{key} {text(value)}" for key, value in attach_options(target).items())
    where = text(f"ducklake:{catalog_path(target)}")
    con.execute(f"ATTACH {where} AS {_NEW} ({options}, READ_ONLY)")
    if verify.history(con, ALIAS) != verify.history(con, _NEW):
        raise MoveFailed("The history of the copy differs from the source's. Run the move again.")
    wrong = []
    for table in verify.current(con, ALIAS):
        old, new = verify.seen(con, ALIAS, table), verify.seen(con, _NEW, table)
        if old == new:
            report_line(f"verified  {table}: {old.rows:,} rows, hash {old.hash.rpartition('-')[2]}")
            continue
        at = verify.first_difference(
            con, ALIAS, _NEW, table, verify.key_of(con, ALIAS, table, keys)
        )
        report_line(f"DIFFERENT {table}: {old.rows:,} rows here, {new.rows:,} in the copy, {at}")
        wrong.append(table)
        fault_point("lake-move.between-tables")
    if wrong:
        raise MoveFailed(
            f"The copy differs in {', '.join(wrong)}. Keep the settings as they are; empty the "
            "target and move again."
        )


def plan(con: duckdb.DuckDBPyConnection, report_line: ReportLine) -> list[rows.Table]:
    """The work to copy, reported table by table."""
    found = rows.tables(con)
    files = sum(len(table.files) for table in found)
    size = sum(sum(table.files.values()) for table in found) / 1e6
    report_line(
        f"{len(found)} tables, {files} files, {size:,.1f} MB, "
        f"{len(verify.history(con, ALIAS))} snapshots"
    )
    return found


def move(
    source: Settings, target: Settings, *, keys: verify.Keys, dry_run: bool, report_line: ReportLine
) -> None:
    """Copy the lake of `source` to `target` and compare them; killed anywhere, begin it again.

    `keys` are the key columns by table, to name a row that differs; other tables are named by
    their first columns. Writers and readers of the source wait meanwhile.

    Raises `ConfigError` for a target that is not empty, `MoveFailed` naming table and key of the
    first difference.
    """
    file = catalog_file(source)
    if file and not file.exists():
        raise LakeMissing(f"No lake at {file}: nothing to move.")
    with ExitStack() as held:
        held.enter_context(exclusive(_WHO, settings=source))
        if not dry_run:
            held.enter_context(exclusive_lock(source, _WHO, source.lake_lock_timeout))
        con = held.enter_context(session(source, read_only=False, guarded=dry_run, holder=_WHO))
        open_store(con, target)
        con.execute("LOAD sqlite_scanner; LOAD postgres_scanner; SET memory_limit = '2GB'")
        begun = check_target(con, source, target)
        if dry_run:
            plan(con, report_line)
            return
        # Small rows wait in the catalog, whose tables for them differ between databases.
        con.execute(f"CALL ducklake_flush_inlined_data('{ALIAS}')")
        tables = plan(con, report_line)
        there = storage_of(target)
        if not begun:
            there.write(_MARKER, json.dumps(_about(source)).encode())
        fault_point("lake-move.after-mark")
        _copy_files(tables, storage_of(source), there, report_line)
        fault_point("lake-move.before-catalog")
        _make_catalog(con, target)
        fault_point("lake-move.inside-catalog")
        rows.attach_target(con, target)
        rows.copy(con)
        con.execute(f"DETACH {rows.TARGET}")
        fault_point("lake-move.after-catalog")
        _compare(con, target, keys, report_line)
        fault_point("lake-move.before-unmark")
        # The copied catalog has the source's identity; from here on it is an ordinary lake.
        identity.mark_files(identity.require(con, source), target)
        there.delete(_MARKER)
        con.execute(f"DETACH {_NEW}")
