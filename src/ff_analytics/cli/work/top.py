"""The first rows of a product's output, and what changed, for the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ff_analytics.cli.console import note, out

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.diff import OutputDiff
    from ff_analytics.engine.products.product import Product
    from ff_analytics.engine.products.run import RunReport

ROWS = 10
MOVERS = 5
# Rows of an answer: a league of franchises over a few seasons.
ANSWER = 60


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Rows as aligned lines below their column names; numbers to the right."""
    names = list(rows[0])
    cells = [names, *([_text(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [isinstance(rows[0][name], int | float) for name in names]
    return [
        "  ".join(
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in cells
    ]


def _rows(frame: "pl.DataFrame", product: "Product", parameters: dict[str, Any]) -> "pl.DataFrame":
    """The answer to what the parameters ask, else the first rows by the product's own order."""
    if product.answer:
        found = product.answer(frame, product.params.model_validate(parameters))
        if found is not None:
            return found.head(ANSWER)
    if not product.sort_by:
        return frame.head(0)
    return frame.sort(product.sort_by, descending=True, nulls_last=True).head(ROWS)


def moved(diff: "OutputDiff") -> list[str]:
    """What changed against the day before, and the rows that moved most."""
    lines = [f"against {diff.before_date or 'the output before'}: {diff.line()}"]
    rows = [
        {diff.column or "value": m.key, "before": m.before, "after": m.after, "change": m.change}
        for m in diff.movers[:MOVERS]
    ]
    return [*lines, *(f"  {line}" for line in (table(rows) if rows else []))]


def show(report: "RunReport") -> None:
    """Print the rows that matter most, and the diff with the day before."""
    import polars as pl

    from ff_analytics.engine.products import registry

    product = registry.load(report.product)
    file = Path(report.outputs[0] if report.outputs else report.output or "")
    if file.is_file():
        best = _rows(pl.read_parquet(file), product, report.parameters)
        if best.height:
            for line in table(best.select(product.top).to_dicts()):
                out(line)
    if report.diff:
        for line in moved(report.diff):
            note(line)
