"""The pages in a real Chromium: sizes, themes, keys, nothing from elsewhere, no error."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from ff_analytics.app.web.login import link_key
from tests.fakes.browser import PROGRAM, Browser, browser
from tests.integration.app.conftest import LOGIN, Site
from tests.integration.app.test_pages import PAGES

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium on this machine")
SHAPES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def tab(site: Site) -> Iterator[Browser]:
    """A browser that is logged in."""
    with browser() as opened:
        opened.open(f"{site.url}/enter?key={link_key(LOGIN)}")
        yield opened


@pytest.mark.parametrize(("width", "theme"), SHAPES)
def test_every_page_fits_and_breaks_nothing(
    tab: Browser, site: Site, width: int, theme: str
) -> None:
    tab.shape(width, 844, theme)
    tab.errors.clear()
    tab.requests.clear()
    for path in PAGES:
        tab.open(f"{site.url}{path}")
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert tab.value(wider) == 0, path
        dark = tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 19)"
        assert dark == (theme == "dark"), path
    assert tab.errors == []
    elsewhere = {url for url in tab.requests if not url.startswith((site.url, "data:"))}
    assert elsewhere == set()


def test_the_grid_is_reached_and_sorted_by_keys_alone(tab: Browser, site: Site) -> None:
    tab.shape(1280, 844, "light")
    tab.open(f"{site.url}/players")
    for _ in range(60):
        tab.key("Tab", 9)
        if tab.value("document.activeElement.textContent") == "VOR":
            break
    assert tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.press_and_load("Enter", 13)
    assert tab.value("location.search") == "?sort=-vor"
    assert tab.value("document.querySelector('[aria-sort]').textContent") == "VOR"


def test_the_console_keeps_its_history_in_the_browser(tab: Browser, site: Site) -> None:
    tab.open(f"{site.url}/sql?q=SELECT+42+AS+answer")
    tab.open(f"{site.url}/sql")
    assert tab.value("document.querySelector('#history a').textContent") == "SELECT 42 AS answer"


def test_every_control_has_a_name_and_every_page_one_heading(tab: Browser, site: Site) -> None:
    controls = "a,button,input:not([type=hidden]),select,textarea"
    nameless = (
        f"[...document.querySelectorAll('{controls}')]"
        """
      .filter(e => e.offsetParent && !(e.textContent.trim() || e.getAttribute('aria-label')
        || (e.labels && [...e.labels].some(l => l.textContent.trim())))).map(e => e.outerHTML)"""
    )
    for path in PAGES:
        tab.open(f"{site.url}{path}")
        assert tab.value(nameless) == [], path
        assert tab.value("document.querySelectorAll('h1').length") == 1, path
        assert tab.value("document.documentElement.lang") == "en"


@cache
def axe() -> str:
    """Source of axe-core, as its wheel ships it."""
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(tab: Browser) -> list[str]:
    """Rules of WCAG 2.1 A and AA that the page breaks, each with the first element."""
    tab.value(f"{axe()};true")
    tags = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    script = f"axe.run(document, {json.dumps(tags)}).then(r => JSON.stringify(r.violations))"
    found = json.loads(tab.promised(script))
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:200]}" for v in found]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_page_is_accessible(tab: Browser, site: Site, width: int, theme: str) -> None:
    tab.shape(width, 844, theme)
    found = {}
    for path in PAGES:
        tab.open(f"{site.url}{path}")
        if broken := violations(tab):
            found[path] = broken
    assert not found, json.dumps(found, indent=1)


def test_a_fault_of_accessibility_is_found(tab: Browser, site: Site) -> None:
    tab.open(f"{site.url}/login")
    tab.value("document.body.insertAdjacentHTML('beforeend', '<img src=\"/favicon.ico\">')")
    assert "image-alt" in " ".join(violations(tab))
