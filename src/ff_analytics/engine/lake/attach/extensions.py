"""DuckDB extensions from pinned wheels, so that set-up needs no extension CDN."""

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import duckdb
from filelock import FileLock

from ff_analytics.engine.base.errors import ConfigError

NAMES = ("ducklake", "sqlite_scanner", "postgres_scanner", "httpfs")


def wheel_file(name: str) -> Path:
    """Path of the signed extension binary inside its installed wheel."""
    spec = find_spec(f"duckdb_extension_{name}")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(
            f"DuckDB extension {name} is not installed. Run scripts/bootstrap: "
            "it installs requirements.lock, which contains the wheel."
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "extensions"
    file = folder / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not file.exists():
        raise ConfigError(
            f"DuckDB {duckdb.__version__} has no matching {name} wheel (looked for {file}). "
            "duckdb and duckdb-extension-* must have the same version: run scripts/bootstrap."
        )
    return file


def _stamp(folder: Path) -> Path:
    return folder / f".installed-{duckdb.__version__}"


def _home() -> Path:
    # Next to the interpreter with the wheels: installed once, shared by all lakes. An image
    # brings them along, and its user may not write there.
    beside = Path(sys.prefix) / "duckdb_extensions"
    if _stamp(beside).exists() or os.access(sys.prefix, os.W_OK):
        return beside
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ff_duckdb_extensions"


def _share(original: Path, installed: Path) -> None:
    """Replace DuckDB's copy with a hard link to the wheel's file, where the file system allows it.

    The four files have 130 MB.
    """
    link = installed.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        link.hardlink_to(original)
        link.replace(installed)
    link.unlink(missing_ok=True)


def _installed(folder: Path) -> bool:
    """Whether the stamp is there, and every extension with it: a clean-up may take some away."""
    found = {file.stem for file in folder.glob("v*/*/*.duckdb_extension") if file.stat().st_size}
    return _stamp(folder).exists() and found.issuperset(NAMES)


def extension_directory() -> Path:
    """Install the wheels' extensions once and return the folder for DuckDB.

    The stamp contains the DuckDB version, so an upgrade installs again; so does a missing or
    empty file. Raises `ConfigError` when they cannot be written.
    """
    folder = _home()
    if _installed(folder):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not _installed(folder):
                with duckdb.connect(":memory:", config={"extension_directory": str(folder)}) as con:
                    for name in NAMES:
                        place = str(wheel_file(name)).replace("'", "''")
                        con.execute(f"FORCE INSTALL '{place}'")
                for name in NAMES:
                    _share(wheel_file(name), next(folder.rglob(f"{name}.duckdb_extension")))
                _stamp(folder).touch()
    except (OSError, duckdb.Error) as error:
        raise ConfigError(
            f"DuckDB's extensions could not be installed in {folder}: "
            f"{str(error).splitlines()[0]}. Check free space and permissions of that folder."
        ) from None
    return folder
