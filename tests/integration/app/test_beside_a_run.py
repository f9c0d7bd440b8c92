"""Somebody browses while a run, an ingest and maintenance change the lake."""

import re
import threading

import pytest

from tests.fakes.small_league import League, small_league
from tests.integration.app.conftest import Site, served
from tests.waiting import LIMIT

PAGES = (
    "/",
    "/players",
    "/catalog",
    "/catalog/marts.mrt_fantasy_actuals_weekly",
    "/sql?q=SELECT+count(*)+FROM+raw_nflverse.player_week",
)


class Session(threading.Thread):
    """A person who opens one page after the other."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site
        self._stopped = threading.Event()
        self.opened = 0
        self.problems: list[str] = []
        self.shown: set[int] = set()

    def run(self) -> None:
        while not self._stopped.is_set():
            for path in PAGES:
                answer = self._site.get(path)
                if answer.status_code != 200:
                    self.problems.append(f"{path}: {answer.status_code} {answer.text[:300]}")
                if path == "/players":
                    self.shown.add(len(re.findall(r'href="/player/', answer.text)))
                self.opened += 1

    def __enter__(self) -> "Session":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.join()


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> League:
    return small_league(tmp_path_factory.getbasetemp())


@pytest.mark.timeout(LIMIT)
def test_pages_stay_whole_while_the_lake_changes(league: League) -> None:
    league.restore("stale")
    with served(league.settings) as site, Session(site) as session:
        changes = (league.start, lambda: league.start_ingest(2024, 2025), league.start_maintenance)
        for change in changes:
            seen = session.opened
            process = change()
            said = process.communicate()[1]
            assert process.returncode == 0, said
            assert session.opened > seen, "no page was opened meanwhile"
    assert session.problems == []
    assert 0 not in session.shown, "a page of players without players"
