"""The first rows of a product's output, and what changed, for the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ff_analytics.cli.console import note, out

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import RunReport

ROWS = 10


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


def show(report: "RunReport") -> None:
    """Print the first rows by the product's own order, and the diff with the day before."""
    import polars as pl

    from ff_analytics.engine.products import registry

    product = registry.load(report.product)
    file = Path(report.outputs[0] if report.outputs else report.output or "")
    if product.sort_by and file.is_file():
        frame = pl.read_parquet(file)
        best = frame.sort(product.sort_by, descending=True, nulls_last=True).head(ROWS)
        if best.height:
            for line in table(best.select(product.top).to_dicts()):
                out(line)
    if report.diff:
        note(f"against {report.diff.before_date or 'the output before'}: {report.diff.line()}")
