"""A panel of dots on two linear scales, in the look of the other panels of `charts`."""

from collections.abc import Sequence

from markupsafe import Markup

from ff_analytics.engine.report.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from ff_analytics.engine.report.svg import Scale, element, group


def scatter(
    points: Sequence[tuple[float, float, str]],
    others: Sequence[tuple[float, float]],
    across: Scale,
    up: Scale,
    label: str,
) -> Markup:
    """Dots with tips over the faint dots of the others; values outside a scale stay at its edge."""
    x = Scale(across.low, across.high, LEFT, RIGHT, steps=5)
    y = Scale(up.low, up.high, BOTTOM, TOP)
    rows = group(
        element("line", x1=LEFT, x2=RIGHT, y1=y(t), y2=y(t), class_="grid" if t else "zero")
        + element("text", f"{t:,.0f}", x=LEFT - 6, y=y(t) + 3.5, text_anchor="end")
        for t in y.ticks()
    )
    columns = group(
        element("text", f"{t:.0f}", x=x(t), y=HEIGHT - 5, text_anchor="middle") for t in x.ticks()
    )
    faint = group(element("circle", cx=x(a), cy=y(b), r=1.6, class_="speck") for a, b in others)
    dots = group(
        element("circle", element("title", tip), cx=x(a), cy=y(b), r=3.4, class_="dot")
        for a, b, tip in points
    )
    return element(
        "svg",
        rows,
        columns,
        faint,
        dots,
        class_="panel",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=label,
    )
