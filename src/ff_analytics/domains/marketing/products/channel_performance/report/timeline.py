"""Spend as columns and revenue as a curve over days, one panel per tenant and currency."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from ff_analytics.engine.report.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from ff_analytics.engine.report.svg import Scale, element, group

# day, spend, revenue, reason of an outlier
Day = tuple[date, float, float, str | None]
LABELS = 4


def timeline(days: Sequence[Day], label: str) -> Markup:
    """The panel; a dot marks an outlier, its tooltip shows the reason."""
    across = Scale(-0.5, len(days) - 0.5, LEFT, RIGHT)
    up = Scale.covering([value for _, *values, _ in days for value in values])
    up = Scale(up.low, up.high, BOTTOM, TOP)
    width = 0.8 * (RIGHT - LEFT) / max(1, len(days))
    rows = group(
        element("line", x1=LEFT, x2=RIGHT, y1=up(t), y2=up(t), class_="zero" if t == 0 else "grid")
        + element("text", _short(t), x=LEFT - 6, y=up(t) + 3.5, text_anchor="end")
        for t in up.ticks()
    )
    columns = group(
        element(
            "rect",
            element("title", _tip(day)),
            x=across(i) - width / 2,
            width=width,
            y=up(day[1]),
            height=max(0.5, up(0.0) - up(day[1])),
            class_="bar",
        )
        for i, day in enumerate(days)
    )
    curve = "M" + "L".join(f"{across(i):.1f} {up(day[2]):.1f}" for i, day in enumerate(days))
    dots = group(
        element(
            "circle", element("title", _tip(day)), cx=across(i), cy=up(day[2]), r=4, class_="dot"
        )
        for i, day in enumerate(days)
        if day[3]
    )
    return element(
        "svg",
        rows,
        columns,
        element("path", d=curve, class_="revenue"),
        dots,
        _dates(days, across),
        class_="panel pos-wr",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=label,
    )


def _dates(days: Sequence[Day], across: Scale) -> Markup:
    step = max(1, -(-len(days) // LABELS))
    return group(
        element("text", f"{days[i][0]:%d %b}", x=across(i), y=HEIGHT - 5, text_anchor="middle")
        for i in range(step // 2, len(days), step)
    )


def _tip(day: Day) -> str:
    text = f"{day[0]:%a %d %b}: spend {day[1]:,.0f}, revenue {day[2]:,.0f}"
    return f"{text}; {day[3]}" if day[3] else text


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"
