"""Vendors' own packages: downloaded once from a registry, for tests that compare fakes with them.

A package has a pinned version and hash, is unpacked without its dependencies, and never installed.
Without a registry the tests are skipped with the reason; `pytest -rs` lists it.
"""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock

from ff_analytics.engine.base.settings import PROJECT_ROOT

CACHE = Path(os.environ.get("FF_VENDOR_CACHE") or PROJECT_ROOT / ".vendors")
# A registry that did not answer is not asked again by each test.
AGAIN_AFTER = 600.0


@dataclass(frozen=True)
class Package:
    """One version of a package in a registry, and the hash of its file."""

    name: str
    version: str
    sha256: str
    npm: bool = False

    @property
    def folder(self) -> Path:
        return CACHE / f"{self.name.rpartition('/')[2]}-{self.version}"

    def beside(self, ending: str) -> Path:
        """A file next to the folder."""
        return self.folder.with_name(self.folder.name + ending)


META = Package(
    "facebook-business",
    "26.0.3",
    "2098d93477125ed1ff64e5af0d19fd4abe7f08631a7caa7bbda167730bf6c453",
)
GOOGLE_ADS = Package(
    "google-ads", "34.0.0", "5192914c5f54b48a8a17b429283392ca71f953055fcf96809c7d53ee8b1dfc31"
)
KLAVIYO = Package(
    "klaviyo-api", "25.0.0", "8b30a0e93037c8eb1ac5f0925bb482b901b9901216312e54f8beafcb8f54a4da"
)
SHOPIFY = Package(
    "@shopify/dev-mcp",
    "1.16.0",
    "4663c79229028e98f825a09d5f04ec6c3736331b740ce50260f9ffac10709474",
    npm=True,
)


def _command(package: Package, folder: str) -> list[str]:
    if package.npm:
        spec = f"{package.name}@{package.version}"
        return ["npm", "pack", "--silent", spec, "--pack-destination", folder]
    once = ["--retries", "0", "--timeout", "20", "--disable-pip-version-check", "--quiet"]
    wanted = ["--no-deps", "--only-binary", ":all:", "--dest", folder]
    return [
        *(sys.executable, "-m", "pip", "download"),
        *(*once, *wanted, f"{package.name}=={package.version}"),
    ]


def _fetch(package: Package) -> str:
    """Download and unpack; returns why not, empty when it is there."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                _command(package, folder), capture_output=True, text=True, timeout=240, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        files = list(Path(folder).iterdir())
        if done.returncode or len(files) != 1:
            return (done.stderr.strip().splitlines() or ["no file"])[-1]
        (file,) = files
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != package.sha256:
            pytest.fail(f"{file.name} of the registry has hash {found}, not {package.sha256}")
        part = Path(folder) / "unpacked"
        if package.npm:
            with tarfile.open(file) as archive:
                archive.extractall(part, filter="data")
        else:
            with zipfile.ZipFile(file) as archive:
                archive.extractall(part)
        shutil.copytree(part, package.folder)
    return ""


def unpacked(package: Package) -> Path:
    """The package's files; skips the test, with the reason, where they cannot be had."""
    CACHE.mkdir(exist_ok=True)
    failed = package.beside(".failed")
    with FileLock(package.beside(".lock")):
        if package.folder.is_dir():
            return package.folder
        if failed.is_file() and time.time() - failed.stat().st_mtime < AGAIN_AFTER:
            why = failed.read_text()
        elif why := _fetch(package):
            failed.write_text(why)
    if why:
        pytest.skip(f"{package.name} {package.version} cannot be downloaded: {why}")
    return package.folder


def document(name: str, origin: str) -> Path:
    """A document that its vendor publishes in no registry, below `FF_REAL_DATA_DIR/vendor`."""
    known = os.environ.get("FF_REAL_DATA_DIR", PROJECT_ROOT.parent / "shared" / "data")
    file = Path(known) / "vendor" / name
    if not file.is_file():
        pytest.skip(f"no registry has {name}: download {origin} to {file} (FF_REAL_DATA_DIR)")
    return file


def module(package: Package, name: str) -> Any:
    """A module of the package. Vendors' packages warn of much that is not ours."""
    place = str(unpacked(package))
    if place not in sys.path:
        sys.path.append(place)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def bare(package: Package, *parents: str) -> None:
    """Make packages importable without what their `__init__` imports (such as gRPC clients)."""
    place = unpacked(package)
    for name in parents:
        if name not in sys.modules:
            made = ModuleType(name)
            made.__path__ = [str(place / name.replace(".", "/"))]
            sys.modules[name] = made
