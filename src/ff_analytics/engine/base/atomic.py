"""Replace files in one step, so that readers and power cuts leave the old or the new one."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Age in seconds from which a temporary file belongs to a process that was killed.
_OLD = 3600.0


def fsync(path: Path) -> None:
    """Return once the content of the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(target: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A temporary path beside `target`, whose content replaces `target` at the end of the block.

    After an error, or if the block leaves no file, `target` stays as it was; the temporary file is
    deleted in any case. With `mode` the file is created first, with these permissions. Deletes
    temporary files of killed processes after an hour. Raises `OSError`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for old in target.parent.glob(f".{target.name}.*.tmp"):
        with suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > _OLD:
                old.unlink()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if mode is not None:
            temporary.unlink(missing_ok=True)
            temporary.touch(mode, exist_ok=False)
        yield temporary
        if temporary.exists():
            # Content first: else a power cut may leave an empty file under the name.
            fsync(temporary)
            temporary.replace(target)
            fsync(target.parent)
    finally:
        # On a read-only folder this fails as well; the first error is reported.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def replace_text(target: Path, text: str, *, mode: int | None = None) -> None:
    """Replace the file by `text` in UTF-8; see `replacing`."""
    with replacing(target, mode=mode) as temporary:
        temporary.write_text(text, encoding="utf-8")
