"""An S3-compatible store of our own: moto in a process on a loopback port, gone at the end."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ff_analytics.platform.processes.services import free_port
from tests.waiting import PATIENCE

KEY = "PLANTEDACCESSKEYID01"
SECRET = "planted-object-store-secret-0123456789"
BUCKET = "ff-lake"
_SERVER = Path(__file__).with_name("object_store_server.py")


@dataclass(frozen=True)
class ObjectStore:
    """Where it listens; it knows one key and has one bucket."""

    port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know of it."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "eu-central-1",
        }

    def client(self) -> Any:
        """boto3's client, to look at objects past the lake."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="eu-central-1",
        )

    def keys(self, prefix: str) -> list[str]:
        """Keys of the bucket's objects below a prefix, at most 1,000."""
        found = self.client().list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", [])]

    def asked(self) -> list[str]:
        """Every request so far: method, path, query."""
        return (self.folder / "requests").read_text().splitlines()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Meanwhile every request is answered 503."""
        self.fail()
        try:
            yield
        finally:
            self.heal()

    def fail(self) -> None:
        (self.folder / "outage").touch()

    def heal(self) -> None:
        (self.folder / "outage").unlink(missing_ok=True)


@contextmanager
def serve() -> Iterator[ObjectStore]:
    """A running store with an empty bucket."""
    folder, port = Path(tempfile.mkdtemp(prefix="ff-object-store-")), free_port()
    store = ObjectStore(port, folder)
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, str(_SERVER), str(port), str(folder), KEY], stdout=log, stderr=log
        )
    try:
        _make_bucket(store, server)
        yield store
    finally:
        server.kill()
        server.wait()


def _make_bucket(store: ObjectStore, server: subprocess.Popen[bytes]) -> None:
    from botocore.exceptions import EndpointConnectionError

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            where = {"LocationConstraint": "eu-central-1"}
            store.client().create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
            return
        except EndpointConnectionError:
            assert server.poll() is None, (store.folder / "log").read_text()
            assert time.monotonic() < deadline, "the object store does not start"
            time.sleep(0.1)
