"""Charts as inline SVG.

Two families. *Cells* are one table row high and use per cent for x, so they stretch with
their column and never distort; the numbers are text beside them. *Panels* have a fixed
view box of about their natural size, so their text keeps its size on phone and desk.
Colour comes from the CSS variable `--c` of an enclosing element.
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from ff_analytics.engine.report.svg import Scale, element, group

CELL_HEIGHT = 22
MIDDLE = CELL_HEIGHT / 2
Format = Callable[[float], str]


def _cell(scale: Scale, *marks: Markup, tip: str = "") -> Markup:
    """Grid lines run the full height of the row, so stacked rows join to one grid."""
    grid = group(
        element("line", x1=scale.at(t), x2=scale.at(t), y1=0, y2="100%", class_=_grid_class(t))
        for t in scale.ticks()
    )
    # A title is the tooltip of a page without scripts; with scripts it becomes our own.
    title = element("title", tip) if tip else Markup("")
    body = element("g", title, *marks)
    return element(
        "svg", grid, body, class_="cell", width="100%", height=CELL_HEIGHT, aria_hidden="true"
    )


def _grid_class(tick: float) -> str:
    return "zero" if tick == 0 else "grid"


def axis(scale: Scale, text: Format) -> Markup:
    """Tick labels over a column of cells; the outer ones are pulled inside the column."""

    def label(tick: float) -> Markup:
        at = scale(tick)
        anchor = "start" if at < 6 else "end" if at > 94 else "middle"
        return element("text", text(tick), x=scale.at(tick), y=12, text_anchor=anchor)

    labels = group(label(tick) for tick in scale.ticks())
    return element("svg", labels, class_="cell axis", width="100%", height=16, aria_hidden="true")


def bar(scale: Scale, value: float, tip: str = "") -> Markup:
    """A bar from zero, to either side."""
    # SVG refuses negative widths, so a bar to the left starts at its value.
    left, right = sorted((scale(0.0), scale(value)))
    mark = element(
        "rect",
        x=f"{left:.2f}%",
        width=f"{right - left:.2f}%",
        y=4,
        height=CELL_HEIGHT - 8,
        rx=1.5,
        class_="bar" if value >= 0 else "bar below",
    )
    return _cell(scale, mark, tip=tip)


def whisker(scale: Scale, low: float, middle: float, high: float, tip: str = "") -> Markup:
    """A range with its middle: P10 to P90 as a band, P50 as a dot."""
    band = element("line", x1=scale.at(low), x2=scale.at(high), y1=MIDDLE, y2=MIDDLE, class_="band")
    dot = element("circle", cx=scale.at(middle), cy=MIDDLE, r=4.5, class_="dot")
    return _cell(scale, band, dot, tip=tip)


def dumbbell(scale: Scale, hollow: float, solid: float, tip: str = "") -> Markup:
    """Two values joined: an open dot and a filled one."""
    join = element(
        "line", x1=scale.at(hollow), x2=scale.at(solid), y1=MIDDLE, y2=MIDDLE, class_="join"
    )
    first = element("circle", cx=scale.at(hollow), cy=MIDDLE, r=4, class_="ring")
    second = element("circle", cx=scale.at(solid), cy=MIDDLE, r=4.5, class_="dot")
    return _cell(scale, join, first, second, tip=tip)


# About the width of a phone and of a third of the page: text is drawn near 1 to 1 on both.
WIDTH, HEIGHT = 340.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 334.0, 8.0, 130.0


def panel_scales(ranks: int, values: Scale) -> tuple[Scale, Scale]:
    """x and y of a panel: ranks from 1, and the values from bottom to top."""
    across = Scale(0.5, ranks + 0.5, LEFT, RIGHT)
    return across, Scale(values.low, values.high, BOTTOM, TOP)


def _panel(label: str, across: Scale, up: Scale, *marks: Markup) -> Markup:
    rows = group(
        element("line", x1=LEFT, x2=RIGHT, y1=up(t), y2=up(t), class_=_grid_class(t))
        + element("text", f"{t:,.0f}", x=LEFT - 6, y=up(t) + 3.5, text_anchor="end")
        for t in up.ticks()
    )
    columns = group(
        element("text", f"{t:.0f}", x=across(t), y=HEIGHT - 5, text_anchor="middle")
        for t in [1.0, *(t for t in across.ticks(5) if t > 2)]
    )
    return element(
        "svg",
        rows,
        columns,
        *marks,
        class_="panel",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=label,
    )


def columns(
    values: Sequence[tuple[str, float]], top: Scale, line: float, cut: int, label: str
) -> Markup:
    """Columns by rank with a horizontal line; columns past rank `cut` are faded.

    `values` are (tip, value) in rank order and `top` is the value scale, shared by the panels
    of a series so that heights compare.
    """
    across, up = panel_scales(len(values), top)
    pitch = (RIGHT - LEFT) / max(1, len(values))
    zero = up(0.0)

    def column(rank: int, tip: str, value: float) -> Markup:
        upper, lower = sorted((up(value), zero))
        return element(
            "rect",
            element("title", tip),
            x=across(rank) - pitch * 0.39,
            width=pitch * 0.78,
            y=upper,
            # A player with no points keeps a hairline that a pointer can find.
            height=max(0.5, lower - upper),
            class_="bar" if rank < cut else "bar faded",
        )

    marks = group(column(rank, *pair) for rank, pair in enumerate(values, 1))
    level = element("line", x1=LEFT, x2=RIGHT, y1=up(line), y2=up(line), class_="level")
    return _panel(label, across, up, marks, level)


def path(values: Sequence[float], across: Scale, up: Scale) -> str:
    """Path data through the values at ranks 1, 2, ..."""
    points = (f"{across(i):.1f} {up(value):.1f}" for i, value in enumerate(values, 1))
    return "M" + "L".join(points)


def curve(
    values: Sequence[float], others: Sequence[Sequence[float]], top: Scale, label: str
) -> Markup:
    """One curve by rank over the faint curves of the others, all on the same scales."""
    longest = max([len(values), *map(len, others)])
    across, up = panel_scales(longest, top)
    ghosts = group(element("path", d=path(other, across, up), class_="ghost") for other in others)
    line = path(values, across, up)
    zero = f"{up(max(0.0, top.low)):.1f}"
    # Filled only above replacement: the area is the value that the table above sums up.
    above = [value for value in values if value >= 0] or [0.0]
    area = path(above, across, up) + f"L{across(len(above)):.1f} {zero}L{across(1):.1f} {zero}Z"
    first = element("circle", cx=across(1), cy=up(values[0]), r=3.5, class_="dot")
    return _panel(
        label,
        across,
        up,
        ghosts,
        element("path", d=area, class_="area"),
        element("path", d=line, class_="curve"),
        first,
    )
