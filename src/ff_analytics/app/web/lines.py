"""A line over days as SVG, in the look of the reports' panels."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from ff_analytics.engine.report.numbers import number
from ff_analytics.engine.report.svg import Scale, element, group

WIDTH, HEIGHT = 680.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 670.0, 12.0, 164.0


def over_days(points: Sequence[tuple[date, float]], label: str) -> Markup:
    """Values by day, oldest first, each with a tip; two points or more."""
    days = [day.toordinal() for day, _ in points]
    across = Scale(days[0], max(days[-1], days[0] + 1), LEFT, RIGHT)
    low, high = min(v for _, v in points), max(v for _, v in points)
    room = (high - low) * 0.08 or max(1.0, abs(high) * 0.05)
    up = Scale(low - room, high + room, BOTTOM, TOP)
    rows = group(
        element("line", x1=LEFT, x2=RIGHT, y1=up(t), y2=up(t), class_="grid")
        + element("text", f"{t:,g}", x=LEFT - 6, y=up(t) + 3.5, text_anchor="end")
        for t in up.ticks()
    )
    ends = ((points[0][0], LEFT, "start"), (points[-1][0], RIGHT, "end"))
    labels = group(
        element("text", day.isoformat(), x=x, y=HEIGHT - 6, text_anchor=anchor)
        for day, x, anchor in ends
    )
    steps = (f"{across(d):.1f} {up(v):.1f}" for d, (_, v) in zip(days, points, strict=True))
    line = element("path", d="M" + "L".join(steps), class_="curve")
    dots = group(
        element(
            "circle",
            element("title", f"{day}: {number(value)}"),
            cx=across(day.toordinal()),
            cy=up(value),
            r=3.5,
            class_="dot",
        )
        for day, value in points
    )
    return element(
        "svg",
        rows,
        labels,
        line,
        dots,
        class_="panel",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=label,
    )
