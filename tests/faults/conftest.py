"""A small league per test, restored to the same folder; one server for all tests here."""

from collections.abc import Iterator

import pytest

from ff_analytics.engine.base.settings import get_settings
from tests import server_template
from tests.fakes.small_league import League, small_league
from tests.faults.site import Site, open_site


@pytest.fixture(scope="session")
def built_league(tmp_path_factory: pytest.TempPathFactory) -> League:
    return small_league(tmp_path_factory.getbasetemp())


@pytest.fixture
def league(built_league: League, monkeypatch: pytest.MonkeyPatch) -> Iterator[League]:
    """The league with its marts up to date; `restore("stale")` has them out of date."""
    monkeypatch.setenv("FF_DATA_DIR", str(built_league.data))
    get_settings.cache_clear()
    built_league.restore("warm")
    yield built_league
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with everything deployed and no worker. A test that ends it starts it again."""
    folder = tmp_path_factory.mktemp("site")
    server_template.migrated(folder / "prefect", tmp_path_factory)
    with open_site(folder) as running:
        yield running
