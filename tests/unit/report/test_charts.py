"""Scales, numbers and marks that every report is built from."""

import pytest

from ff_analytics.engine.report import charts, numbers
from ff_analytics.engine.report.svg import Scale, element


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.56, "1,234.6"),
        (-0.04, "0.0"),
        (-12.0, "\N{MINUS SIGN}12.0"),
        (None, "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        (float("inf"), "\N{EN DASH}"),
    ],
)
def test_numbers_read_well(value: float | None, text: str) -> None:
    assert numbers.number(value) == text


def test_signs_stand_before_the_currency() -> None:
    assert numbers.signed(-5, prefix="$") == "\N{MINUS SIGN}$5"
    assert numbers.signed(5, prefix="$") == "+$5"
    assert numbers.signed(0.2) == "0"
    assert numbers.dollars(2.5) == "$2.50"


def test_names_shorten_to_an_initial() -> None:
    assert numbers.short_name("Amon-Ra St. Brown") == "A. St. Brown"
    assert numbers.short_name("Pelé") == "Pelé"
    assert numbers.short_name("") == ""


def test_scale_holds_zero_and_clamps() -> None:
    scale = Scale.covering([40.0, 120.0])
    assert (scale(0), scale(60), scale(120)) == (0, 50, 100)
    assert (scale(-10), scale(500)) == (0, 100)
    assert scale.ticks() == [0, 50, 100]


def test_scale_of_equal_or_no_values_is_usable() -> None:
    for scale in (Scale.covering([]), Scale.covering([0.0, 0.0]), Scale.covering([-3.0])):
        assert scale.high > scale.low
        assert scale.ticks()


def test_negative_bar_ends_at_zero() -> None:
    bar = charts.bar(Scale(-100, 100), -50)
    assert 'x="25.00%" width="25.00%"' in bar
    assert 'class="bar below"' in bar


def test_elements_escape_text_and_attributes() -> None:
    assert element("text", "<b>", class_='"x"', stroke_width=2) == (
        '<text class="&#34;x&#34;" stroke-width="2">&lt;b&gt;</text>'
    )


def test_tips_are_escaped() -> None:
    assert "<title>&lt;i&gt;</title>" in charts.whisker(Scale(0, 1), 0, 0.5, 1, "<i>")
