"""The first page: what is fresh, what failed and what to do, runs, movers, reports."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from filecmp import cmp
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response

from ff_analytics.app.queries.movers import Movers, movers
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.products.pages.listing import Report, official
from ff_analytics.engine.read.declared import all_products
from ff_analytics.engine.read.tables import State, TableFacts, facts

_WORST = {State.STALE: 0, State.OLD: 1, State.EMPTY: 2, State.FRESH: 3, State.SAMPLE: 4}

# Days before that a tile links; index.html beside the reports has all.
_DAYS = 5


@dataclass(frozen=True)
class Group:
    """Tables of one schema, in one line."""

    schema: str
    title: str
    state: State
    tables: int
    rows: int
    loaded_at: datetime | None
    day: date | None
    what_to_do: str


def groups(known: list[TableFacts]) -> list[Group]:
    """Loaded and published tables by schema, the worst first; empty schemas are left out."""
    found: dict[str, list[TableFacts]] = {}
    for fact in known:
        name = fact.table if fact.schema == "analytics" else fact.schema
        if fact.kind in ("loaded", "product") and fact.rows:
            found.setdefault(name, []).append(fact)
    lines = []
    titles = {product.mart: product.title for product in all_products()}
    for name, members in found.items():
        known = [m for m in members if m.state is not State.UNKNOWN]
        worst = min(known or members, key=lambda m: _WORST.get(m.state, 9))
        dated = [m.loaded_at for m in members if m.loaded_at]
        rows = sum(m.rows or 0 for m in members)
        lines.append(
            Group(
                name,
                titles.get(name, name),
                worst.state,
                len(members),
                rows,
                max(dated, default=None),
                members[0].day,
                worst.what_to_do,
            )
        )
    return sorted(lines, key=lambda line: (_WORST.get(line.state, 9), line.schema))


def _checks(page: Page) -> list[dict[str, Any]]:
    """Checks that warned or failed in the latest run of each product."""
    if "ops.check_results" not in page.reader.tables():
        return []
    return page.reader.ask(
        "SELECT product, check_name, subject, status, observed, expected, checked_at "
        "FROM ops.check_results WHERE status IN ('warn', 'error') AND run_id IN "
        "(SELECT max_by(run_id, checked_at) FROM ops.check_results GROUP BY product) "
        "ORDER BY status, product, subject LIMIT 20"
    ).to_dicts()


def _lake(page: Page) -> tuple[list[Group], list[dict[str, Any]], list[Movers]]:
    try:
        with page.reader.together():
            return groups(facts(page.reader)), _checks(page), movers(page.reader)
    except LakeMissing:
        return [], [], []


@dataclass(frozen=True)
class Tile:
    """One official report: its address, and those of the days before."""

    name: str
    title: str
    whose: str
    made: datetime
    before: list[tuple[date, str]]


def _repeats(report: Report, folder: Path) -> bool:
    """Whether it is the copy for the deployment's own league, which is listed by its name."""
    if report.whose or not report.latest:
        return False
    others = (folder / report.product).glob("*.html")
    return any(cmp(report.latest, other, shallow=False) for other in others)


def _tiles(page: Page) -> list[Tile]:
    """The latest report of each product and league or tenant."""
    titles = {product.name: product.title for product in all_products()}
    folder = page.settings.reports_dir
    reports = [report for report in official(folder) if not _repeats(report, folder)]
    return [
        Tile(
            _name(report.latest, folder),
            titles.get(report.product, report.product.replace("-", " ").capitalize()),
            unquote(report.whose),
            datetime.fromtimestamp(report.latest.stat().st_mtime, UTC),
            # The newest day is the latest report.
            [(day, _name(file, folder)) for day, file in report.days[1 : _DAYS + 1]],
        )
        for report in reports
        if report.latest
    ]


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).with_suffix("").as_posix()


def home(page: Page) -> Response:
    """Everything at a glance; without a lake it says what to load."""
    server = page.request.app.state.server.state()
    fresh, checks, moved = _lake(page)
    late = [g for g in fresh if g.state in (State.OLD, State.STALE)]
    body = part(
        "home.html.j2",
        page=page,
        server=server,
        groups=fresh,
        late=late,
        checks=checks,
        movers=moved,
        reports=_tiles(page),
        sample=any(g.state is State.SAMPLE for g in fresh),
    )
    if not fresh:
        lede = "The lake holds no rows yet."
    else:
        wrong = len(server.failed) + len(late) + len(checks)
        lede = (
            f"{wrong} thing{'s' if wrong != 1 else ''} to look at."
            if wrong
            else "Everything is fresh and no run of the last week failed."
        )
        if server.trouble and not wrong:
            lede = "The data are fresh. The server of the runs does not answer."
    return show(page, "Today", body, lede=lede)
