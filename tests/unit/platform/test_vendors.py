"""Vendors' packages that tests compare fakes with: skipped with a reason, never unverified."""

import sys
import zipfile
from pathlib import Path

import pytest

from tests import vendors
from tests.vendors import Package, unpacked


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(vendors, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def command(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """What runs instead of the registry's client; it gets the folder as argument."""
    run = [sys.executable, "-c", code]
    monkeypatch.setattr(vendors, "_command", lambda package, folder: [*run, folder])


def test_without_a_registry_the_reason_is_in_the_skip(
    monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    command(monkeypatch, "import sys; sys.exit('ERROR: no route to the registry')")
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match=r"sdk 1 cannot .* no route"):
            unpacked(Package("sdk", "1", "0"))
        # The second test does not wait for the registry again.
        command(monkeypatch, "raise SystemExit('asked again')")


def test_a_file_of_another_hash_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, pathlib; (pathlib.Path(sys.argv[1]) / 'sdk.whl').write_bytes(b'x')"
    command(monkeypatch, code)
    with pytest.raises(pytest.fail.Exception, match=r"sdk\.whl of the registry has hash"):
        unpacked(Package("sdk", "1", "0"))


def test_a_package_is_unpacked_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import hashlib

    wheel = tmp_path / "sdk.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("sdk/__init__.py", "WORD = 1")
    command(monkeypatch, f"import sys, shutil; shutil.copy({str(wheel)!r}, sys.argv[1])")
    package = Package("sdk", "1", hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert (unpacked(package) / "sdk" / "__init__.py").read_text() == "WORD = 1"
    command(monkeypatch, "raise SystemExit('asked again')")
    assert unpacked(package).is_dir()
