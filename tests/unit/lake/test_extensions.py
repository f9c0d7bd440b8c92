"""DuckDB's extensions: installed from the wheels, and again when a part of them is gone."""

from pathlib import Path

import duckdb
import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.lake.attach import extensions


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(extensions, "_home", lambda: tmp_path / "extensions")
    return tmp_path / "extensions"


def loads(folder: Path) -> bool:
    with duckdb.connect(config={"extension_directory": str(folder)}) as con:
        con.execute("SET autoinstall_known_extensions = false")
        con.execute("LOAD ducklake; LOAD sqlite_scanner")
    return True


@pytest.mark.parametrize("harm", ["remove", "empty"])
def test_a_lost_or_empty_extension_is_installed_again(home: Path, harm: str) -> None:
    extensions.extension_directory()
    (file,) = home.rglob("ducklake.duckdb_extension")
    file.unlink()
    if harm == "empty":
        file.touch()
    assert loads(extensions.extension_directory())


def test_a_place_that_cannot_be_written_is_named(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=f"{home}.*permissions"):
        extensions.extension_directory()
