"""What a reader of the cap report relies on."""

import re
from datetime import UTC, date, datetime

import polars as pl
import pytest

from ff_analytics.domains.fantasy.cap import Charge
from ff_analytics.domains.fantasy.cap.book import Book
from ff_analytics.domains.fantasy.cap.scenarios import scenarios
from ff_analytics.domains.fantasy.cap.tables import frame_of
from ff_analytics.domains.fantasy.products.cap_scenarios.report import render
from ff_analytics.domains.fantasy.products.cap_scenarios.report.data import Table, table_of
from ff_analytics.engine.report.meta import ReportMeta
from tests.unit.cap.books import SEASON, TEAMS, book, signed
from tests.unit.report.page import Page

SECTIONS = (
    *("room", "years", "dead", "scenarios", "cuts"),
    *("every-cut", "expiring", "method"),
)
META = ReportMeta(
    title="Who has cap room",
    product="analytics/cap-scenarios",
    snapshot_date=date(2026, 9, 1),
    generated_at=datetime(2026, 9, 1, 12, tzinfo=UTC),
    league="mine",
)


def league() -> Book:
    return book(
        signed("a1", "Ants", 120, 140),
        signed("a2", "Ants", 60),
        signed("b1", "Bees", 300),
        charges=[Charge("Ants", SEASON, "dead", 17)],
    )


def table(given: Book | None = None) -> Table:
    given = given or league()
    players = {"a1": ("Al <b>Ash", "QB"), "a2": ("Abe Oak", "RB")}
    names = {player: name for player, (name, _) in players.items()}
    return table_of(frame_of(scenarios(given, names=names)), given, players)


@pytest.fixture(scope="module")
def html() -> str:
    return render(table(), META)


def test_page_is_well_formed_with_every_section(html: str) -> None:
    page = Page(html)
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert page.open == []
    assert len(page.ids()) == len(set(page.ids()))
    assert {f"#{section}" for section in SECTIONS} <= links
    assert html.count("<table") == html.count("<caption")
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html.replace("/*", ""))


def test_room_dead_cap_and_relief_are_told(html: str) -> None:
    text = Page(html).text
    assert "Cats can spend most in 2026: $250. 1 of 3 franchises are over the cap." in text
    assert "−$50" in text  # noqa: RUF001
    assert "extend Abe Oak: $60-60-60" in text
    assert "Al <b>Ash: saves $130" in text
    assert "$17" in text


def test_cells_over_the_cap_are_marked(html: str) -> None:
    assert len(re.findall(r'class="pos-rb over"', html)) == 1


def test_a_restricted_free_agent_shows_his_pick(html: str) -> None:
    [row] = re.findall(r"<tr><th[^>]*>Abe Oak.*?</tr>", html)
    assert "$60" in row
    assert "round 1" in row


def test_a_league_with_nothing_to_tell_says_so() -> None:
    text = Page(render(table(book()), META)).text
    assert "No franchise owes anything for players who were cut." in text
    assert "No cut would free a dollar this season." in text
    assert "No contract ends with this season." in text


def test_without_rows_the_page_says_so() -> None:
    empty = Table(league().rules, SEASON, ())
    assert "There is nothing to show." in Page(render(empty, META)).text


def test_the_page_covers_every_franchise_and_season() -> None:
    found = table()
    assert set(found.franchises) == set(TEAMS)
    assert found.seasons == list(range(SEASON, SEASON + 5))
    assert isinstance(frame_of(scenarios(league())), pl.DataFrame)
