"""Text keeps the contrast of WCAG AA (4.5 to 1) in both themes."""

import re

import pytest

from ff_analytics.domains.fantasy.report import positions
from ff_analytics.engine.report.fragments import TEMPLATES

STYLE = (TEMPLATES / "style.css.j2").read_text(encoding="utf-8")
SURFACES = [
    ("ink", "bg"),
    ("muted", "bg"),
    ("faint", "bg"),
    ("muted", "surface"),
    ("ink", "surface"),
]
OTHERS = [("accent", "bg"), ("warn", "warn-bg"), ("ink", "warn-bg"), ("head-muted", "head")]
CHIPS = [("chip-ink", name.lower()) for name in (*positions.NAMES, "other")]


def tokens(theme: str) -> dict[str, str]:
    block = STYLE.split(f"{{% set {theme} %}}")[1].split("{% endset %}")[0]
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SURFACES + OTHERS + CHIPS)
def test_contrast(theme: str, front: str, back: str) -> None:
    colours = tokens(theme)
    dark, light = sorted(luminance(colours[name]) for name in (front, back))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
