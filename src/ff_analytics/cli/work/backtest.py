"""`ff backtest`: the back-test in the terminal, from the lake or from release files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import note, out, typed_path
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import RunReport

# A model's first forecast wants this many seasons before it.
_LEAD = 6
FIRST_SEASON = 1999
app = App(
    name="backtest",
    help_epilogue="""\
Examples:
  ff backtest                                 all seasons of the lake
  ff backtest --seasons 2005:2019
  ff backtest --seasons 2005:2019 --from ../nflverse --markdown
  ff backtest --from ../nflverse --rankings ../ecr.parquet  beside the rankings of that file
  ff backtest --weekly --seasons 2014:2019    weekly points beside the weekly rankings
  ff backtest --seasons 2005:2019 --store  the new figures are the bar from now on""",
    **PLAIN,
)


def window(text: str | None) -> tuple[int | None, int | None]:
    """`2005:2019`, `2015` or `2015,2016` as first and last season; `2005:` is open at its end."""
    from ff_analytics.engine.base.forms.spans import numbers_of

    if not text:
        return None, None
    first, colon, last = (word.strip() for word in text.partition(":"))
    if colon and bool(first) != bool(last):
        (year,) = numbers_of(first or last)
        return (year, None) if first else (None, year)
    years = numbers_of(text)
    if years[-1] - years[0] >= len(years):
        raise ConfigError(f"--seasons {text!r} has gaps; the back-test takes one stretch of years.")
    return years[0], years[-1]


def _keep(made: Path, data: Path) -> None:
    """Copy file and report of another source's data beside the official ones, never over them."""
    file = max((made / "analytics/backtest").rglob("latest.parquet"), default=None)
    page = max((made / "reports").rglob("*.html"), default=None)
    for source, name in ((file, "analytics/{}/latest.parquet"), (page, "reports/{}.html")):
        if source is not None:
            target = data / name.format("backtest/scenarios/other-source")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
            note(f"kept: {target}")


@contextmanager
def _lake(
    source: str | None, rankings: str | None, last: int | None, *, weekly: bool = False
) -> Iterator[Settings]:
    """The lake, or a passing one with the files of `source` in it."""
    settings = get_settings()
    if source is None:
        yield settings
        return
    from datetime import UTC, datetime

    from ff_analytics.engine.ingest import run_ingest

    folder = typed_path(source)
    base = folder.resolve().as_uri() if folder.is_dir() else source
    until = last or datetime.now(UTC).year - 1
    with TemporaryDirectory(prefix="ff-backtest-") as made:
        passing = settings.embedded(Path(made))
        note(f"loading seasons {FIRST_SEASON} to {until} from {base}")
        options = {"seasons": list(range(FIRST_SEASON, until + 1)), "base_url": base}
        summary = run_ingest("nflverse", options | {"include_injuries": weekly}, settings=passing)
        note(summary.line())
        if rankings is not None:
            file = typed_path(rankings)
            listed = {"provider": "own", "url": file.resolve().as_uri()}
            note(run_ingest("rankings", listed, settings=passing).line())
        yield passing
        if not weekly:
            _keep(passing.data, settings.data)


def _run(
    seasons: str | None, source: str | None, rankings: str | None, keep: bool, markdown: bool
) -> "RunReport":
    from ff_analytics.domains.fantasy.products.backtest import show, stored
    from ff_analytics.engine.products.pipeline import run_product

    first, last = window(seasons)
    parameters = {"first_season": first, "last_season": last, "fail_on_regression": not keep}
    if rankings is not None and source is None:
        raise ConfigError(
            "--rankings goes with --from. Into the lake they come with ingest/rankings."
        )
    with _lake(source, rankings, last) as settings:
        report = run_product("backtest", parameters, settings=settings, progress=note)
        if report.output:
            rows = show.rows_of(Path(report.output))
            out((show.markdown(rows) if markdown else show.text(rows)).rstrip("\n"))
            if keep:
                stored.store(rows)
                note(f"stored: {stored.FILE}")
    return report


def _weekly(
    seasons: str | None, source: str | None, rankings: str | None, league: str, markdown: bool
) -> int:
    from ff_analytics.domains.fantasy.league.sync import sync_leagues
    from ff_analytics.domains.fantasy.products.weekly_projections.product import PRODUCT
    from ff_analytics.domains.fantasy.projection.week import walk_forward
    from ff_analytics.engine import dbt, lake

    first, last = window(seasons)
    with _lake(source, rankings, last, weekly=True) as settings:
        sync_leagues(settings)
        marts = [each.mart.partition(".")[2] for each in PRODUCT.inputs]
        dbt.build(" ".join(f"+{mart}" for mart in marts), holder="ff backtest", settings=settings)
        frames = {}
        for each in PRODUCT.inputs:
            scored = "marts.mrt_fantasy_actuals_weekly"
            where = "league = ? AND season_type = 'REG'" if each.mart == scored else "? <> ''"
            query = f"SELECT {', '.join(each.columns)} FROM {each.mart} WHERE {where}"
            frames[each.mart] = lake.read(query, [league], settings=settings)
    years = sorted(frames["marts.mrt_weekly_ranking"]["season"].unique())
    if len(years) < 2:
        raise ConfigError(
            "A weekly back-test needs weekly rankings of two seasons and more: ff ingest rankings, "
            "or --from and --rankings."
        )
    chosen = [s for s in years[1:] if (first or s) <= s <= (last or s)]
    cells = list(walk_forward.measure(frames, chosen))
    out(walk_forward.table(cells, markdown=markdown))
    note(f"seasons {chosen[0]} to {chosen[-1]}, league {league}; best of each week's ranking")
    return 0


@app.default
def backtest(
    *,
    seasons: Annotated[
        str | None, Parameter(help="Target seasons, e.g. 2015:2019, 2019 or 2015:. Empty = all.")
    ] = None,
    source: Annotated[
        str | None,
        Parameter(
            name="--from",
            help="Folder or URL of nflverse release files to read instead of the lake, which stays "
            "as it is.",
        ),
    ] = None,
    rankings: Annotated[
        str | None,
        Parameter(help="With --from: CSV or Parquet file of pre-season (or weekly) rankings."),
    ] = None,
    store: Annotated[
        bool, Parameter(help="Keep these figures with the code: later runs below them fail.")
    ] = False,
    markdown: Annotated[bool, Parameter(help="Print the tables of docs/accuracy.md.")] = False,
    weekly: Annotated[
        bool, Parameter(negative="", help="Weekly points beside the weekly rankings instead.")
    ] = False,
    league: Annotated[
        str, Parameter(help="With --weekly: league profile whose scoring counts.")
    ] = "redraft_ppr",
) -> int:
    """Measure; 1 when a figure fell behind or a stage failed."""
    if weekly:
        return _weekly(seasons, source, rankings, league, markdown)
    report = _run(seasons, source, rankings, store, markdown)
    for warning in report.warnings:
        note(f"warning: {warning}")
    if not report.completed:
        note(f"failed in {report.failure_line()}")
        return 1
    note(f"completed in {report.seconds:.1f} s")
    return 0
