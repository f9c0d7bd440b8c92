"""`ff backtest`: the back-test in the terminal, from the lake or from release files."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import Settings, get_settings

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import RunReport

# A model's first forecast wants this many seasons before it.
_LEAD = 6
FIRST_SEASON = 1999


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ff backtest", description=__doc__)
    parser.add_argument(
        "--seasons", metavar="A:B", help="target seasons, e.g. 2005:2019; default: all there are"
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FOLDER",
        help="folder or URL of nflverse release files to read instead of the lake; nothing of "
        "the lake is changed",
    )
    parser.add_argument(
        "--store",
        action="store_true",
        help="keep these figures with the code: later runs that fall behind them fail",
    )
    parser.add_argument(
        "--markdown", action="store_true", help="print the tables of docs/accuracy.md"
    )
    return parser


def window(text: str | None) -> tuple[int | None, int | None]:
    """`2005:2019` as numbers; either side may be empty."""
    if not text:
        return None, None
    first, colon, last = text.partition(":")
    try:
        found = (int(first) if first else None, int(last) if last else None)
    except ValueError:
        found = None
    if found is None or not colon or (found[0] and found[1] and found[0] > found[1]):
        raise ConfigError(f"--seasons {text!r} is no window; write it as 2005:2019.")
    return found


@contextmanager
def _lake(source: str | None, last: int | None) -> Iterator[Settings]:
    """The lake, or a passing one with the files of `source` in it."""
    settings = get_settings()
    if source is None:
        yield settings
        return
    from datetime import UTC, datetime

    from ff_analytics.engine.ingest import run_ingest

    folder = Path(source)
    base = folder.resolve().as_uri() if folder.is_dir() else source
    until = last or datetime.now(UTC).year - 1
    with TemporaryDirectory(prefix="ff-backtest-") as made:
        passing = settings.embedded(Path(made))
        _say(f"loading seasons {FIRST_SEASON} to {until} from {base}")
        seasons = list(range(FIRST_SEASON, until + 1))
        summary = run_ingest("nflverse", {"seasons": seasons, "base_url": base}, settings=passing)
        _say(summary.line())
        yield passing
        for name in ("reports/backtest.html", "analytics/backtest/latest.parquet"):
            if (passing.data / name).exists():
                (settings.data / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(passing.data / name, settings.data / name)


def _run(arguments: argparse.Namespace) -> "RunReport":
    from ff_analytics.domains.fantasy.products.backtest import show, stored
    from ff_analytics.engine.products.pipeline import run_product

    first, last = window(arguments.seasons)
    parameters = {"first_season": first, "last_season": last}
    parameters |= {"fail_on_regression": not arguments.store}
    with _lake(arguments.source, last) as settings:
        report = run_product("backtest", parameters, settings=settings, progress=_say)
        if report.output:
            rows = show.rows_of(Path(report.output))
            sys.stdout.write(show.markdown(rows) if arguments.markdown else show.text(rows))
            if arguments.store:
                stored.store(rows)
                _say(f"stored: {stored.FILE}")
    return report


def main(words: list[str] | None = None) -> int:
    """0 when it completed, 1 when a figure fell behind or a stage failed, 2 for wrong words."""
    arguments = _parser().parse_args(words)
    try:
        report = _run(arguments)
    except FFError as error:
        _say(f"{error.kind}: {error}")
        return 2
    for warning in report.warnings:
        _say(f"warning: {warning}")
    if report.outcome != "completed":
        _say(f"failed in {report.failure_line()}")
        return 1
    _say(f"completed in {report.seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
