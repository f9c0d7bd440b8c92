"""`python -m benchmarks [NAME ...]`: run, show, keep as JSON in benchmarks/results/."""

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import machine, show
from benchmarks.model import Options, Report, Result

# Name -> module.
NAMES = {
    "overhead": "runs.overhead",
    "warm": "runs.warm",
    "scale": "scale.scale",
    "upsert": "lake.upsert",
    "contract": "lake.contract",
    "cap": "fantasy.cap",
    "projections": "fantasy.projections",
    "ndjson": "lake.ndjson",
    "marketing": "marketing.marketing",
    "server": "server.server",
    "lakes": "lake.lakes",
    "app": "runs.app",
}
RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, smaller sizes")
    parser.add_argument("--markdown", action="store_true", help="print Markdown instead of tables")
    parser.add_argument(
        "--docs", action="store_true", help="also replace the measured part of docs/benchmarks.md"
    )
    parser.add_argument("--show", type=Path, metavar="JSON", help="show a kept result, run nothing")
    parser.add_argument("--folder", type=Path, help="where to put working data; default: temp")
    return parser


def _run(name: str, quick: bool, parent: Path | None) -> Result:
    module = import_module(f"benchmarks.{NAMES[name]}")
    folder = Path(tempfile.mkdtemp(prefix=f"ff-benchmark-{name}-", dir=parent))
    before, started = machine.load(), perf_counter()
    try:
        result: Result = module.run(Options(folder=folder, quick=quick))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return result.model_copy(
        update={
            "seconds": perf_counter() - started,
            "load_before": before,
            "load_after": machine.load(),
        }
    )


def _keep(report: Report) -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{report.date.replace(':', '').replace(' ', '-')}.json"
    file.write_text(report.model_dump_json(indent=1))
    shutil.copyfile(file, RESULTS / "latest.json")
    return file


def measure(names: list[str], quick: bool, parent: Path | None) -> Report:
    """Run the benchmarks in sequence; store the results after each."""
    command = " ".join(["python -m benchmarks", *names, *(["--quick"] if quick else [])])
    report = Report(
        command=command,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        machine=machine.describe(),
        quick=quick,
        results=[],
    )
    for name in names or NAMES:
        sys.stderr.write(f"{name} ...\n")
        report = report.model_copy(update={"results": [*report.results, _run(name, quick, parent)]})
        file = _keep(report)
    sys.stderr.write(f"kept in {file.relative_to(Path(__file__).parents[1])}\n")
    return report


def _write_page(text: str) -> None:
    page = PAGE.read_text()
    head, tail = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}")


def main() -> int:
    """0 whether aims are met or not: a benchmark informs, it does not gate."""
    parser = _parser()
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Names: {', '.join(NAMES)}")
    if options.show:
        report = Report.model_validate_json(options.show.read_text())
    else:
        report = measure(options.names, options.quick, options.folder)
    markdown = show.as_markdown(report)
    if options.docs:
        _write_page(markdown)
    if options.markdown:
        print(markdown, end="")
    else:
        show.on_terminal(report, Console())
    return 0


if __name__ == "__main__":
    sys.exit(main())
