"""From provider to table to mart to product, and from column to column, as SVG with links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ff_analytics.app.web.page import Page
from ff_analytics.engine.read import column_lineage
from ff_analytics.engine.read.column_lineage import Column, Graph, reached
from ff_analytics.engine.read.declared import all_sources
from ff_analytics.engine.read.dictionary import TableText, parents_of
from ff_analytics.engine.read.tables import kind_of
from ff_analytics.engine.report.svg import element, group

_WIDE, _HIGH, _HIGH_TWO, _GAP_X, _GAP_Y, _HEAD = 172.0, 26.0, 40.0, 20.0, 9.0, 24.0
_ORDER = ("provider", "loaded", "view", "model", "mart", "product")
_LONGEST = 25
_PROVIDER = "provider "


def _providers(table: str) -> list[str]:
    """Sources that fill a table."""
    return [s.name for s in all_sources() if any(d.table == table for d in s.datasets)]


def relatives(
    table: str, texts: Mapping[str, TableText], there: Collection[str]
) -> tuple[set[str], set[tuple[str, str]]]:
    """All ancestors and descendants of a table with itself, and the edges among them.

    A provider is `provider <source>`; only its own edges name it.
    """
    known = set(texts) | set(there)
    parents = {t: [p for p in parents_of(t, texts) if p in known] for t in known}
    for name, found in parents.items():
        if not found:
            parents[name] = [f"{_PROVIDER}{source}" for source in _providers(name)]
    children: dict[str, list[str]] = {}
    for child, found in parents.items():
        for parent in found:
            children.setdefault(parent, []).append(child)
    related = reached(table, parents) | reached(table, children)
    edges = {(p, c) for c, found in parents.items() for p in found if {p, c} <= related}
    return related, edges


def _kind(name: str) -> str:
    if name.startswith(_PROVIDER):
        return "provider"
    kind = kind_of(name)
    return kind if kind in _ORDER else "loaded"


def drawing(
    page: Page, table: str, texts: Mapping[str, TableText], there: Collection[str]
) -> Markup | None:
    """The lineage of a table, one column per kind; None when nothing is known of it."""
    related, edges = relatives(table, texts, there)
    if len(related) < 2:
        return None
    boxes = [
        Box(n, _kind(n), _plain(n), href=page.link(f"/catalog/{n}") if n in there else "")
        for n in sorted(related)
    ]
    return _drawn(boxes, edges, table, f"Lineage of {table}")


def of_column(page: Page, column: Column, graph: Graph) -> Markup | None:
    """The lineage of one column through all models; None when nothing is known of it."""
    related, edges = column_lineage.relatives(column, graph)
    if len(related) < 2:
        return None
    boxes = [
        Box(
            f"{c.table}.{c.name}",
            _kind(c.table),
            c.name,
            _plain(c.table),
            page.link(f"/catalog/{c.table}", of=c.name),
        )
        for c in sorted(related)
    ]
    named = {(f"{a.table}.{a.name}", f"{b.table}.{b.name}") for a, b in edges}
    own = f"{column.table}.{column.name}"
    return _drawn(boxes, named, own, f"Lineage of {own}")


@dataclass(frozen=True)
class Box:
    """One box of a drawing: its text, and in small letters below what it is part of."""

    name: str
    kind: str
    text: str
    below: str = ""
    href: str = ""


def _drawn(
    boxes: Sequence[Box], edges: Collection[tuple[str, str]], own: str, label: str
) -> Markup:
    columns = {kind: [b for b in boxes if b.kind == kind] for kind in _ORDER}
    kinds = [kind for kind in _ORDER if columns[kind]]
    high = _HIGH_TWO if any(b.below for b in boxes) else _HIGH
    place = {
        box.name: (x * (_WIDE + _GAP_X), _HEAD + y * (high + _GAP_Y))
        for x, kind in enumerate(kinds)
        for y, box in enumerate(columns[kind])
    }
    width = len(kinds) * (_WIDE + _GAP_X) - _GAP_X
    height = _HEAD + max(map(len, columns.values())) * (high + _GAP_Y)
    heads = group(
        element("text", kind.capitalize(), x=x * (_WIDE + _GAP_X), y=12, class_="head")
        for x, kind in enumerate(kinds)
    )
    return element(
        "svg",
        heads,
        group(_edge(place[a], place[b], high) for a, b in sorted(edges)),
        group(_box(box, place[box.name], high, box.name == own) for box in boxes),
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        class_="lineage",
        role="group",
        aria_label=label,
    )


def _edge(a: tuple[float, float], b: tuple[float, float], high: float) -> Markup:
    y, v = a[1] + high / 2, b[1] + high / 2
    if a[0] == b[0]:
        # Within a column: a bow along its right side.
        x, out = a[0] + _WIDE, a[0] + _WIDE + _GAP_X * 0.9
        return element(
            "path", d=f"M{x:.0f} {y:.0f}C{out:.0f} {y:.0f} {out:.0f} {v:.0f} {x:.0f} {v:.0f}",
            class_="ghost",
        )  # fmt: skip
    x, u = a[0] + _WIDE, b[0]
    middle = (x + u) / 2
    d = f"M{x:.0f} {y:.0f}C{middle:.0f} {y:.0f} {middle:.0f} {v:.0f} {u:.0f} {v:.0f}"
    return element("path", d=d, class_="ghost")


def _plain(table: str) -> str:
    """The table's name without what its place in the drawing says already."""
    name = table.removeprefix(_PROVIDER)
    schema, _, plain = name.partition(".")
    return plain if schema in ("analytics", "marts", "staging", "core") else name


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _box(box: Box, at: tuple[float, float], high: float, own: bool) -> Markup:
    frame = element(
        "rect", x=at[0], y=at[1], width=_WIDE, height=high, rx=4, class_="own" if own else "node"
    )
    parts = [element("title", box.name), frame]
    parts.append(element("text", _short(box.text), x=at[0] + 7, y=at[1] + 17))
    if box.below:
        below = _short(box.below)
        parts.append(element("text", below, x=at[0] + 7, y=at[1] + 32, class_="below"))
    if box.href and not own:
        return element("a", *parts, href=box.href)
    return element("g", *parts)
