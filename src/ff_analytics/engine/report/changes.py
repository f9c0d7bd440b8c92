"""Section on changes since the previous output: counts, largest changes, new and dropped rows."""

from collections.abc import Sequence

from ff_analytics.engine.products.diff import Mover, Named, OutputDiff
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, fragment
from ff_analytics.engine.report.numbers import number, printable, signed, whole
from ff_analytics.engine.report.svg import Scale

# The field's abbreviations; every other column is a word.
_INITIALS = frozenset({"vor", "war", "ppg", "adp"})


def heading(column: str | None) -> str:
    """The column's name as a heading: `vor` -> VOR, `dynasty_value` -> dynasty value."""
    words = (column or "value").split("_")
    return " ".join(word.upper() if word in _INITIALS else word for word in words)


def changes(diff: OutputDiff) -> Section:
    """The section of one comparison, also if nothing changed."""
    scale = Scale.covering((v for m in diff.movers for v in (m.before, m.after)), steps=3)
    rows = [
        (printable(m.key), m, charts.dumbbell(scale, m.before, m.after, _tip(m)))
        for m in diff.movers
    ]
    body = fragment(
        "changes.html.j2",
        counts=[
            ("Added", diff.added),
            ("Dropped", diff.dropped),
            ("Changed", diff.changed),
            ("Unchanged", diff.unchanged),
        ],
        column=heading(diff.column),
        rows=rows,
        axis=charts.axis(scale, whole),
        groups=[
            ("New in this output", _named(diff.came), diff.added),
            ("No longer in it", _named(diff.went), diff.dropped),
        ],
    )
    return Section("changes", "What changed", body, _lead(diff), "Changes")


def _tip(mover: Mover) -> str:
    return (
        f"{printable(mover.key)}: {number(mover.before)} before, {number(mover.after)} now, "
        f"{signed(mover.change, 1)}"
    )


def _named(rows: Sequence[Named]) -> list[tuple[str, float | None]]:
    return [(printable(row.key), row.value) for row in rows]


def _lead(diff: OutputDiff) -> str:
    before = "the official output before"
    if diff.before_date is not None:
        before += f", dated {diff.before_date}"
    if diff.before_snapshot is not None:
        before += f" and read at lake snapshot {diff.before_snapshot}"
    if not (diff.added or diff.dropped or diff.changed):
        return f"Nothing moved by more than is shown, against {before}."
    return f"Rows against {before}. A smaller move than the last digit shown counts as unchanged."
