"""A report as rich tables on the terminal, and as Markdown for docs/benchmarks.md."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.model import Cell, Report, Result, Table


def cell(value: Cell) -> str:
    """Text of a cell: three significant digits for small numbers, thousands separated."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if abs(value) >= 1000:
            return f"{value:,.0f}"
        return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"
    return value


def _numeric(table: Table, index: int) -> bool:
    return any(isinstance(row[index], int | float) for row in table.rows)


def heading(report: Report) -> list[str]:
    """Machine, date and command, one line each."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    return [f"{report.date}, {machine}", f"Command: `{report.command}`"]


def _subtitle(result: Result) -> str:
    return (
        f"{result.seconds:.0f} s in all; load average before {result.load_before:.1f}, "
        f"after {result.load_after:.1f}"
    )


def on_terminal(report: Report, console: Console) -> None:
    """Print every result."""
    console.print("\n".join(heading(report)))
    for result in report.results:
        console.rule(f"{result.name}: {result.title}")
        if result.skipped:
            console.print(f"skipped: {result.skipped}")
            continue
        for table in result.tables:
            shown = RichTable(title=table.title, title_justify="left")
            for index, column in enumerate(table.columns):
                shown.add_column(column, justify="right" if _numeric(table, index) else "left")
            for row in table.rows:
                shown.add_row(*(cell(value) for value in row))
            console.print(shown)
        for aim in result.aims:
            mark = "[green]met[/green]" if aim.met else "[red]missed[/red]"
            console.print(f"aim {mark}: {aim.what}: {aim.measured} (aim {aim.aim})")
        for note in result.notes:
            console.print(f"- {note}", highlight=False)
        console.print(_subtitle(result), style="dim")


def _table_lines(table: Table) -> Iterable[str]:
    align = ["---:" if _numeric(table, i) else "---" for i in range(len(table.columns))]
    yield f"**{table.title}**"
    yield ""
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'|'.join(align)}|"
    for row in table.rows:
        yield f"| {' | '.join(cell(value) for value in row)} |"
    yield ""


def _aims(results: list[Result]) -> Iterable[str]:
    rows = [(result.name, aim) for result in results for aim in result.aims]
    if rows:
        yield "| benchmark | what | measured | aim | |"
        yield "|---|---|---:|---:|---|"
    for name, aim in rows:
        met = "met" if aim.met else "**missed**"
        yield f"| {name} | {aim.what} | {aim.measured} | {aim.aim} | {met} |"
    yield ""


def as_markdown(report: Report) -> str:
    """The report as the generated part of docs/benchmarks.md."""
    lines = [f"{line}  " for line in heading(report)]
    if report.quick:
        lines.append("With `--quick`: fewer repeats and smaller sizes, good for a look only.")
    lines += ["", *_aims(report.results)]
    for result in report.results:
        lines += [f"### {result.name}: {result.title}", ""]
        if result.skipped:
            lines += [f"Skipped: {result.skipped}", ""]
            continue
        for table in result.tables:
            lines += _table_lines(table)
        lines += [f"- {note}" for note in result.notes]
        lines += ["", f"_{_subtitle(result)}_", ""]
    return "\n".join(lines).rstrip() + "\n"
