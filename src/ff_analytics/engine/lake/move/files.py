"""Copying data files between folders and object stores, a few megabytes at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ff_analytics.engine.base.errors import ConfigError, LakeUnreachable
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.catalog import is_remote
from ff_analytics.engine.lake.storage import credentials

_CHUNK = 8 * 1024 * 1024
MARKER = "lake-move.json"


@dataclass(frozen=True)
class Storage:
    """The files below a lake's folder or prefix."""

    place: str
    fs: Any
    root: str

    def sizes(self) -> dict[str, int]:
        """Size in bytes by path, relative to the root."""
        from pyarrow.fs import FileSelector, FileType

        with _told(self):
            found = self.fs.get_file_info(
                FileSelector(self.root, recursive=True, allow_not_found=True)
            )
        files = (each for each in found if each.type == FileType.File)
        return {each.path.removeprefix(f"{self.root}/"): each.size for each in files}

    def copy_to(self, target: "Storage", path: str) -> None:
        """Copy one file; at the target it is seen whole or not at all."""
        whole, partly = f"{target.root}/{path}", f"{target.root}/{path}"
        with _told(self, target):
            if not is_remote(target.place):
                target.fs.create_dir(whole.rpartition("/")[0], recursive=True)
                partly = f"{whole}.partly"
            with (
                self.fs.open_input_stream(f"{self.root}/{path}") as source,
                target.fs.open_output_stream(partly) as sink,
            ):
                while chunk := source.read(_CHUNK):
                    sink.write(chunk)
            if partly != whole:
                target.fs.move(partly, whole)

    def marker(self) -> dict[str, Any] | None:
        """What a move wrote here when it began; None without one."""
        if MARKER not in self.sizes():
            return None
        with _told(self), self.fs.open_input_stream(f"{self.root}/{MARKER}") as stream:
            found: dict[str, Any] = json.loads(stream.read())
            return found

    def mark(self, about: dict[str, Any]) -> None:
        """Say that a move has begun here."""
        with _told(self):
            if not is_remote(self.place):
                self.fs.create_dir(self.root, recursive=True)
            with self.fs.open_output_stream(f"{self.root}/{MARKER}") as stream:
                stream.write(json.dumps(about).encode())

    def unmark(self) -> None:
        """The move is done: the target is an ordinary lake from here on."""
        with _told(self):
            self.fs.delete_file(f"{self.root}/{MARKER}")


class _told:  # noqa: N801
    """Trouble with files as one sentence."""

    def __init__(self, *places: Storage) -> None:
        self.places = " or ".join(place.place for place in places)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if not isinstance(error, OSError):
            return
        said = " ".join(str(error).split())
        if "ACCESS_DENIED" in said or "403" in said or "InvalidAccessKeyId" in said:
            raise ConfigError(
                f"{self.places} refuses us: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "and what they may do."
            ) from None
        raise LakeUnreachable(
            f"{self.places}: {said[:300]}. What was copied stays; run the same command again."
        ) from None


def storage_of(settings: Settings) -> Storage:
    """The storage that the settings name."""
    from pyarrow import fs

    place = settings.files
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


def missing(paths: dict[str, int], there: dict[str, int]) -> Iterator[str]:
    """Paths whose file is not there, or not in its full size."""
    return (path for path, size in paths.items() if there.get(path) != size)
