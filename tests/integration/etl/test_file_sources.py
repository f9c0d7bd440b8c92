"""A file is a source only where the user allowed it, and never a hidden one."""

from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.etl.run import run_etl
from ff_analytics.engine.http.download import download
from ff_analytics.engine.http.policy.source_files import allowed_file
from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.ingest import run_ingest

SECRET = "PLANTED_KEY=hunter2\nPLANTED_TWO=hunter3\n"


@pytest.fixture
def home(tmp_path: Path, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with the default folders, and secrets in every place that is not for sources."""
    for place in (".env", "other/keys.csv", "examples/.git/config", "data/.netrc", "examples/.x"):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
    (tmp_path / "examples" / "rows.csv").write_text("id\n1\n")
    (tmp_path / "examples" / "link.csv").symlink_to(tmp_path / ".env")
    (tmp_path / "examples" / "folder").symlink_to(tmp_path / "other")
    (tmp_path / "examples" / "round.csv").symlink_to(tmp_path / "examples" / "round.csv")
    monkeypatch.setenv("FF_HOME", str(tmp_path))
    monkeypatch.delenv("FF_FILE_SOURCES")
    get_settings.cache_clear()
    return get_settings()


REFUSED = [
    ".env",
    "other/keys.csv",
    "examples/.git/config",
    "examples/.x",
    "data/.netrc",
    "examples/link.csv",
    "examples/folder/keys.csv",
    "examples/round.csv",
    "examples/%2e%2e/.env",
    "examples/../other/keys.csv",
]


# Only a URL is unquoted: with % a path is an ordinary name.
FORMS = [("file", place) for place in REFUSED] + [("path", p) for p in REFUSED if "%" not in p]


@pytest.mark.parametrize(("form", "place"), FORMS)
def test_a_file_that_is_not_allowed_is_not_read(home: Settings, place: str, form: str) -> None:
    given = {
        "source_url": place if form == "path" else f"file://{home.home}/{place}",
        "target_table": "public.t",
        "format": "csv",
    }
    with pytest.raises(ConfigError) as caught:
        run_etl(given)
    assert "PLANTED" not in str(caught.value)
    assert "hunter" not in str(caught.value)
    assert not list(home.data.rglob("*.parquet"))


@pytest.mark.parametrize("place", [".env", "other/keys.csv", "examples/link.csv"])
def test_no_source_reads_it(home: Settings, place: str) -> None:
    url = f"file://{home.home}/{place}"
    with pytest.raises(FFError) as by_source:
        run_ingest("nflverse", {"seasons": [2023], "base_url": url})
    with pytest.raises(FFError) as by_download:
        download(url, known=None, settings=home, traffic=Traffic())
    for caught in (by_source, by_download):
        assert "may not be read as a source" in str(caught.value)
        assert "PLANTED" not in str(caught.value)


def test_files_of_allowed_folders_are_read(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"source_url": "examples/rows.csv", "target_table": "public.t"}
    assert run_etl(given).rows_read == 1
    other = (home.home / "other" / "keys.csv").as_uri()
    monkeypatch.setenv("FF_FILE_SOURCES", f"examples, {home.home / 'other'}")
    get_settings.cache_clear()
    assert run_etl(given | {"source_url": other, "target_table": "public.u"}).rows_read == 1


def test_the_folder_of_the_settings_is_allowed(home: Settings) -> None:
    folder = home.home / "other"
    chosen = home.model_copy(update={"nflverse_url": folder.as_uri()})
    assert allowed_file((folder / "keys.csv").as_uri(), chosen) == folder / "keys.csv"
