"""Identity of a lake: one id in the catalog, and the same id next to the data files.

Without it an emptied, mistyped or foreign catalog looks like a new lake, and every data file
like an orphan. A copy of a SQLite catalog has the id of the lake that it was copied from.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from ff_analytics.engine.base.errors import LakeDamaged, LakeForeign
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import locks
from ff_analytics.engine.lake.attach.catalog import (
    ALIAS,
    catalog_file,
    is_remote,
    shown,
    text,
    way_back,
)
from ff_analytics.engine.lake.care.files import storage_of

MARK = "lake.json"
_METADATA = f"__ducklake_metadata_{ALIAS}"
_TABLE = f"{_METADATA}.ducklake_metadata"
ID, CREATED = "ff_lake_id", "ff_lake_created"
ADOPT = "ff lake restore --adopt"


class Identity(BaseModel):
    """Which lake this is."""

    model_config = ConfigDict(frozen=True)

    id: str
    created_at: datetime

    def __str__(self) -> str:
        return f"{self.id[:8]} of {self.created_at:%Y-%m-%d %H:%M} UTC"


class Census(NamedTuple):
    """Data files that the catalog names, those of them that are there, and all others."""

    named: int
    there: int
    unknown: int

    @property
    def plausible(self) -> bool:
        """Whether catalog and files may be one lake: most files known, most of these there."""
        return self.unknown <= self.named and self.there * 2 >= self.named


def of_catalog(con: duckdb.DuckDBPyConnection) -> Identity | None:
    """The id in the catalog that `con` has attached as the lake."""
    rows = con.execute(
        f"SELECT key, value FROM {_TABLE} WHERE key IN ('{ID}', '{CREATED}')"
    ).fetchall()
    known = dict(rows)
    if ID not in known or CREATED not in known:
        return None
    return Identity(id=known[ID], created_at=datetime.fromisoformat(known[CREATED]))


def of_files(settings: Settings) -> Identity | None:
    """The id next to the data files; `LakeForeign` when it cannot be read."""
    if is_remote(settings.files):
        content = storage_of(settings).read(MARK)
    else:
        try:
            content = Path(settings.files, MARK).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            content = None
    if content is None:
        return None
    try:
        return Identity.model_validate_json(content)
    except ValidationError:
        raise LakeForeign(
            f"{settings.files}/{MARK} contains no identity of a lake: nothing was changed. "
            f"If catalog and files belong together, {ADOPT} writes it again."
        ) from None


def named_files(con: duckdb.DuckDBPyConnection) -> set[str]:
    """File names, unique by their UUID, that any kept snapshot or pending deletion needs."""
    rows = con.execute(
        " UNION ALL ".join(
            f"SELECT path FROM {_METADATA}.ducklake_{kind}"
            for kind in ("data_file", "delete_file", "files_scheduled_for_deletion")
        )
    ).fetchall()
    return {path.rpartition("/")[2] for (path,) in rows}


def census(con: duckdb.DuckDBPyConnection, settings: Settings) -> Census:
    """Compare the catalog's file names with the files that are there."""
    named = named_files(con)
    paths = [path for path in storage_of(settings).files() if path.endswith(".parquet")]
    known = sum(path.rpartition("/")[2] in named for path in paths)
    return Census(len(named), known, len(paths) - known)


def traces(settings: Settings) -> str:
    """Remaining parts of a lake whose catalog does not exist; empty when there are none."""
    if is_remote(settings.files):
        paths = list(storage_of(settings).files())
    else:
        folder = Path(settings.files)
        paths = [p.name for p in (folder / MARK,) if p.exists()]
        paths += [p.name for p in [next(folder.rglob("*.parquet"), None)] if p]
    found = [f"the identity of a lake in {settings.files}"] if MARK in paths else []
    if any(path.endswith(".parquet") for path in paths):
        found.append(f"data files in {settings.files}")
    file = catalog_file(settings)
    if file and next((file.parent / "backups").glob("catalog-*.sqlite"), None):
        found.append(f"catalog copies in {file.parent / 'backups'}")
    return " and ".join(found)


def lost(settings: Settings, found: str) -> LakeDamaged:
    """The error for a missing or empty catalog while other parts of a lake exist."""
    return LakeDamaged(
        f"The lake {shown(settings)} has no catalog, but there are {found}: nothing was "
        f"written. Check FF_LAKE_CATALOG and FF_LAKE_DATA. {way_back(settings)} "
        "To begin a new lake, move these away first."
    )


def _unlike(counted: Census, settings: Settings) -> LakeForeign:
    return LakeForeign(
        f"The catalog {shown(settings)} and the files in {settings.files} do not look like one "
        f"lake: {counted.unknown} files are unknown to the catalog, and {counted.there} of the "
        f"{counted.named} that it names are there. Nothing was changed. Check FF_LAKE_CATALOG and "
        f"FF_LAKE_DATA. {way_back(settings)} {ADOPT} accepts them as one lake."
    )


def shared(con: duckdb.DuckDBPyConnection, settings: Settings) -> Identity | None:
    """The identity that catalog and files share; None when neither has one yet.

    Raises `LakeForeign` when they differ or only one of them has one.
    """
    mine, theirs = of_catalog(con), of_files(settings)
    if mine and theirs and mine.id != theirs.id:
        raise LakeForeign(
            f"The catalog {shown(settings)} is of lake {mine}, the files in {settings.files} are "
            f"of lake {theirs}: nothing was changed. Check FF_LAKE_CATALOG and FF_LAKE_DATA. "
            f"{way_back(settings)}"
        )
    if (mine is None) != (theirs is None):
        has, without = f"catalog {shown(settings)}", f"files in {settings.files}"
        if theirs:
            has, without = without, has
        raise LakeForeign(
            f"The {has} have the identity of lake {mine or theirs}, the {without} have none: "
            "nothing was changed. Check FF_LAKE_CATALOG and FF_LAKE_DATA. The next ingest writes "
            f"it where both fit together, or refuses; {ADOPT} writes it at once."
        )
    return mine


def require(con: duckdb.DuckDBPyConnection, settings: Settings) -> Identity:
    """The identity that catalog and files share; `LakeForeign` without one."""
    if identity := shared(con, settings):
        return identity
    raise LakeForeign(
        f"The lake {shown(settings)} has no identity yet: nothing was changed. The next ingest "
        f"writes it where catalog and files fit together, or refuses; {ADOPT} writes it at once."
    )


def write(con: duckdb.DuckDBPyConnection, identity: Identity, settings: Settings) -> None:
    """Store `identity` in the catalog, then next to the files; a kill between them is repaired."""
    con.execute(
        f"BEGIN; DELETE FROM {_TABLE} WHERE key IN ('{ID}', '{CREATED}'); "
        f"INSERT INTO {_TABLE} (key, value) VALUES ('{ID}', {text(identity.id)}), "
        f"('{CREATED}', {text(identity.created_at.isoformat())}); COMMIT"
    )
    mark_files(identity, settings)


def mark_files(identity: Identity, settings: Settings) -> None:
    """Store `identity` next to the data files."""
    storage_of(settings).write(MARK, identity.model_dump_json().encode())


def new() -> Identity:
    """The identity of a lake that begins now."""
    return Identity(id=str(uuid4()), created_at=datetime.now(UTC).replace(microsecond=0))


def ensure(con: duckdb.DuckDBPyConnection, settings: Settings) -> Identity:
    """`require`, and give a lake without identity one where catalog and files fit together.

    Raises `LakeForeign` where they do not.
    """
    if of_catalog(con) and of_files(settings):
        return require(con, settings)
    # Commits to a SQLite catalog exclude each other already.
    turn = locks.turn(
        "identity",
        "identity",
        seconds=settings.lake_lock_timeout,
        settings=settings,
        busy=lambda who: f"The lake's identity is being written by {who}. Try again.",
    )
    with nullcontext() if catalog_file(settings) else turn:
        mine, theirs = of_catalog(con), of_files(settings)
        if not (mine and theirs):
            counted = census(con, settings)
            # Files get their identity after the catalog: alone it belongs to another lake.
            if not counted.plausible or (theirs and not mine and not counted.there):
                raise _unlike(counted, settings)
            write(con, mine or theirs or new(), settings)
    return require(con, settings)
