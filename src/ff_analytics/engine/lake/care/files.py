"""Data files of a lake in a folder or an object store: list, copy, move, read and write."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ff_analytics.engine.base.errors import ConfigError, LakeUnreachable
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import is_remote
from ff_analytics.engine.lake.attach.storage import credentials

_CHUNK = 8 * 1024 * 1024


class FileSeen(NamedTuple):
    """One file: its size in bytes and when it was last written (UTC)."""

    size: int
    written_at: datetime


@dataclass(frozen=True)
class Storage:
    """The files below a folder or prefix; paths are relative to it."""

    place: str
    fs: Any
    root: str

    def files(self) -> dict[str, FileSeen]:
        """All files by path; empty when the folder does not exist."""
        from pyarrow.fs import FileSelector, FileType

        with _explained(self):
            found = self.fs.get_file_info(
                FileSelector(self.root, recursive=True, allow_not_found=True)
            )
        return {
            each.path.removeprefix(f"{self.root}/"): FileSeen(each.size, each.mtime)
            for each in found
            if each.type == FileType.File
        }

    def sizes(self) -> dict[str, int]:
        """Size in bytes by path."""
        return {path: seen.size for path, seen in self.files().items()}

    def folders(self) -> list[str]:
        """Names of the folders directly below."""
        from pyarrow.fs import FileSelector, FileType

        with _explained(self):
            found = self.fs.get_file_info(FileSelector(self.root, allow_not_found=True))
        return sorted(each.base_name for each in found if each.type == FileType.Directory)

    def copy_to(self, target: "Storage", path: str) -> None:
        """Copy one file; the target appears atomically."""
        with (
            _explained(self, target),
            self.fs.open_input_stream(f"{self.root}/{path}") as source,
            target._written(path) as sink,
        ):
            while chunk := source.read(_CHUNK):
                sink.write(chunk)

    def move_to(self, target: "Storage", path: str) -> None:
        """Move one file, within the store if it is one; do nothing if it does not exist."""
        source, goal = f"{self.root}/{path}", f"{target.root}/{path}"
        with _explained(self, target), suppress(FileNotFoundError):
            if is_remote(self.place):
                self.fs.move(source, goal)
            else:
                Path(goal).parent.mkdir(parents=True, exist_ok=True)
                # Unlike a rename it also works from a mounted folder to its parent's disk.
                shutil.move(source, goal)

    def read(self, path: str) -> bytes | None:
        """Content of a small file; None if it does not exist."""
        with _explained(self):
            try:
                with self.fs.open_input_stream(f"{self.root}/{path}") as stream:
                    content: bytes = stream.read()
                    return content
            except FileNotFoundError:
                return None

    def write(self, path: str, content: bytes) -> None:
        """Write a small file; it appears atomically."""
        with _explained(self), self._written(path) as sink:
            sink.write(content)

    def delete(self, path: str) -> None:
        """Delete one file."""
        with _explained(self):
            self.fs.delete_file(f"{self.root}/{path}")

    def delete_folder(self, name: str) -> None:
        """Delete a folder with all that is in it."""
        with _explained(self):
            self.fs.delete_dir(f"{self.root}/{name}")

    @contextmanager
    def _written(self, path: str) -> Iterator[Any]:
        whole = partly = f"{self.root}/{path}"
        if not is_remote(self.place):
            self.fs.create_dir(whole.rpartition("/")[0], recursive=True)
            partly = f"{whole}.partly"
        with self.fs.open_output_stream(partly) as sink:
            yield sink
        if partly != whole:
            self.fs.move(partly, whole)


@contextmanager
def _explained(*places: Storage) -> Iterator[None]:
    """Turn errors of files into one sentence."""
    try:
        yield
    except OSError as error:
        named = " or ".join(place.place for place in places)
        reason = " ".join(str(error).split())
        if "ACCESS_DENIED" in reason or "403" in reason or "InvalidAccessKeyId" in reason:
            raise ConfigError(
                f"{named} refuses us: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "and what they may do."
            ) from None
        raise LakeUnreachable(
            f"{named}: {reason[:300]}. Completed steps are kept; run the same command again."
        ) from None


def storage_at(place: str, settings: Settings) -> Storage:
    """The storage of a folder or an s3:// prefix."""
    from pyarrow import fs

    if not is_remote(place):
        return Storage(place, fs.LocalFileSystem(), place)
    known = credentials(settings)
    endpoint = {}
    if settings.s3_endpoint:
        scheme, _, where = settings.s3_endpoint.partition("://")
        endpoint = {"scheme": scheme, "endpoint_override": where.rstrip("/")}
    store = fs.S3FileSystem(
        access_key=known.key,
        secret_key=known.secret,
        session_token=known.token,
        region=settings.s3_region,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=8),
        **endpoint,
    )
    return Storage(place, store, place.removeprefix("s3://"))


def storage_of(settings: Settings) -> Storage:
    """The storage of the lake's data files."""
    return storage_at(settings.files, settings)


def missing(paths: dict[str, int], there: dict[str, int]) -> Iterator[str]:
    """Paths whose file is not there, or not in its full size."""
    return (path for path, size in paths.items() if there.get(path) != size)
