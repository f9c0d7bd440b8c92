"""The section on what changed since the output before, on the page of any product."""

from datetime import date

import pytest
from markupsafe import Markup

from ff_analytics.engine.products.diff import Mover, Named, OutputDiff
from ff_analytics.engine.report.changes import heading
from ff_analytics.engine.report.fragments import Section
from ff_analytics.engine.report.page import page
from tests.unit.report.frames import meta
from tests.unit.report.page import Page

MOVED = OutputDiff(
    added=12,
    dropped=1,
    changed=2,
    unchanged=1234,
    column="vor",
    movers=(Mover(key="Finn Driftwood", before=10.0, after=12.5),),
    came=(Named(key="Bo Gale", value=3.0),),
    went=(Named(key="Ivo Ashgrove"),),
    before_date=date(2026, 2, 27),
    before_snapshot=40,
)


def shown(diff: OutputDiff | None) -> Page:
    first = Section("first", "First", Markup("<p>body</p>"))
    made = page(meta(diff=diff), headline="x", lede="y", stats=[], sections=[first])
    return Page(made)


def test_counts_movers_and_names_are_on_the_page() -> None:
    text = shown(MOVED).text
    for words in ("1,234", "Finn Driftwood", "+2.5", "the first 1 of 12, by VOR", "Ivo Ashgrove"):
        assert words in text
    assert "dated 2026-02-27 and read at lake snapshot 40" in text


def test_it_is_the_second_section_and_in_the_navigation() -> None:
    made = shown(MOVED)
    assert made.ids().index("first") < made.ids().index("changes")
    assert any(attributes.get("href") == "#changes" for _, attributes in made.tags)
    assert made.open == []


def test_an_equal_output_says_so() -> None:
    text = shown(OutputDiff(added=0, dropped=0, changed=0, unchanged=5)).text
    assert "Nothing moved by more than is shown, against the official output before" in text


def test_without_an_output_before_there_is_no_section() -> None:
    assert "changes" not in shown(None).ids()


def test_names_from_data_are_harmless() -> None:
    evil = "<script>alert(1)</script>\u202e"
    made = shown(MOVED.model_copy(update={"movers": (Mover(key=evil, before=1.0, after=2.0),)}))
    assert sum(tag == "script" for tag, _ in made.tags) == 2
    assert "\u202e" not in made.text


@pytest.mark.parametrize(
    ("column", "words"), [("vor", "VOR"), ("dynasty_value", "dynasty value"), (None, "value")]
)
def test_a_column_is_named_as_people_say_it(column: str | None, words: str) -> None:
    assert heading(column) == words
