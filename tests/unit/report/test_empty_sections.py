"""A section without data: out of the navigation, or with the command that fills it."""

import ast
from collections.abc import Iterator

import pytest
from markupsafe import Markup

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.report.fragments import Section, absent
from ff_analytics.engine.report.page import page
from ff_analytics.engine.sources import registry as sources
from tests.unit.report.frames import meta
from tests.unit.report.page import Page

FIRST = Section("first", "First", Markup("<p>body</p>"))


def links(*sections: Section) -> set[str | None]:
    made = Page(page(meta(), headline="x", lede="y", stats=[], sections=sections))
    assert made.open == []
    assert {section.id for section in sections} <= set(made.ids())
    return {attributes.get("href") for tag, attributes in made.tags if tag == "a"}


def test_a_section_that_nothing_fills_is_not_in_the_navigation() -> None:
    assert links(FIRST, absent("cuts", "Cuts", "No cut frees a dollar.")) == {"#main", "#first"}


def test_a_section_that_a_command_fills_names_it_and_stays_in_the_navigation() -> None:
    section = absent("market", "Market", "No values.", "ff ingest market-values")
    assert "To fill this section, run <code>ff ingest market-values</code>." in section.body
    assert "#market" in links(FIRST, section)


def test_a_page_without_listed_sections_has_no_navigation() -> None:
    made = page(meta(), headline="x", lede="y", stats=[], sections=[absent("a", "A", "None.")])
    assert "<nav" not in made


def commands() -> Iterator[str]:
    """Every text `ff ...` in the reports' code."""
    for file in (PROJECT_ROOT / "src/ff_analytics/domains").rglob("*.py"):
        if "report" in file.parts:
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and str(node.value).startswith("ff "):
                    yield str(node.value)


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_the_commands_of_reports_exist(command: str) -> None:
    _, verb, *rest = command.split()
    known = {
        "ingest": {source.name for source in sources.loadable()},
        "run": {product.name for product in products.loadable()},
        "backtest": {""},
    }
    assert (rest or [""])[0] in known[verb]
