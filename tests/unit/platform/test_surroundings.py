"""What surrounds a run: a home folder, a proxy, an apostrophe in the project's path."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.extensions import wheel_file
from ff_analytics.platform.loopback import bypass_proxies


def test_a_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FF_DATA_DIR", "~/ff")
    monkeypatch.setenv("FF_LAKE_DATA", "~/files")
    monkeypatch.setenv("FF_LAKE_CATALOG", "sqlite:~/c.sqlite")
    settings = Settings()
    assert settings.data == tmp_path / "ff"
    assert settings.files == str(tmp_path / "files")
    assert settings.catalog == f"sqlite:{tmp_path / 'c.sqlite'}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "example.org, localhost"}, "example.org,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_the_local_server_is_never_behind_a_proxy(before: dict[str, str], after: str) -> None:
    environment = dict(before)
    bypass_proxies(environment)
    bypass_proxies(environment)
    assert environment["NO_PROXY"] == after


def test_a_socks_proxy_is_no_import_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with httpx.Client() as client, pytest.raises(httpx.TransportError):
        client.get("http://example.invalid")


def test_extensions_are_installed_from_a_path_with_an_apostrophe(tmp_path: Path) -> None:
    odd = tmp_path / "it's here"
    odd.mkdir()
    for name in ("ducklake", "sqlite_scanner", "postgres_scanner", "httpfs"):
        (odd / wheel_file(name).name).symlink_to(wheel_file(name))
    code = (
        "import sys; from pathlib import Path\n"
        "from ff_analytics.engine.lake.attach import extensions as e\n"
        "wheel, folder = e.wheel_file, Path(sys.argv[1])\n"
        "e.wheel_file = lambda name: folder / wheel(name).name\n"
        "e._home = lambda: folder / 'installed'\n"
        "print(e.extension_directory())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(odd)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(list(odd.rglob("installed/v*/*/*.duckdb_extension"))) == 4
