"""Whether what the fork server has imported is still what a fresh process would import."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
_FOLDERS = (
    "src",
    "flows",
    "tasks",
    "blocks",
    "dbt",
    "deployments",
    "leagues",
    "tenants",
    "content",
)
_SUFFIXES = {".toml", ".yaml", ".lock", ".py"}
_LEFT_OUT = {"__pycache__", "target", "logs", "dbt_packages"}

# Path to modification time, size and inode.
Stamp = dict[str, tuple[int, int, int]]


def _below(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _LEFT_OUT:
                    yield from _below(entry.path)
            else:
                yield entry


def _others(root: Path) -> Iterator[Path]:
    """Settings, locks, the interpreter and what is installed beside it."""
    yield root / ".env"
    yield from (file for file in root.iterdir() if file.suffix in _SUFFIXES)
    yield Path(os.path.realpath(sys.executable))
    yield Path(sys.prefix, "pyvenv.cfg")
    # Installing or removing a package changes the folder.
    yield from (Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    yield Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect", "profiles.toml")


def stamp(root: Path = ROOT) -> Stamp:
    """Of every file of the project, its settings, and the interpreter."""
    seen: Stamp = {}
    paths: list[os.DirEntry[str] | Path] = []
    for name in _FOLDERS:
        if (root / name).is_dir():
            paths += _below(str(root / name))
    for path in (*paths, *_others(root)):
        try:
            found = path.stat()
        except OSError:
            continue
        seen[os.fspath(path)] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return seen


def digest(found: Stamp) -> str:
    """The stamp in short."""
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def change(before: Stamp, now: Stamp) -> str | None:
    """The first path that is new, gone or different; None when all is as before."""
    if before == now:
        return None
    return min(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
