"""The sections of the page."""

from markupsafe import Markup

from ff_analytics.domains.fantasy.cap.scenarios import NAMES
from ff_analytics.domains.fantasy.products.cap_scenarios.report.data import Cut, Row, Table
from ff_analytics.domains.fantasy.products.cap_scenarios.report.words import method_words
from ff_analytics.engine.base.contracts.columns import words_at
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import dollars
from ff_analytics.engine.report.svg import Scale

BEST_CUTS = 12
FIRST = 300
CONTRACT = "ff_analytics.domains.fantasy.products.cap_scenarios.contract:CapScenario"
ENDING = 24
TITLES = {"cut": "Cut", "extension": "Extension", "trade": "Trade"}


def room(table: Table) -> Section:
    """This season by franchise: what is owed, and what is left."""
    scale = Scale.covering((float(line.available) for line in table.now), steps=3)
    rows = [(line, charts.bar(scale, line.available, _sum(line))) for line in table.now]
    body = fragment("cap_scenarios/room.html.j2", rows=rows, axis=charts.axis(scale, dollars))
    lead = "Room is the cap less salaries, less dead cap, plus cap received in trades."
    return Section("room", f"Cap room in {table.season}", body, lead, "Room")


def _sum(line: Row) -> str:
    return (
        f"{line.franchise}: {dollars(line.base)} less {dollars(line.active)} in contracts, less "
        f"{dollars(line.dead)} dead, traded {dollars(line.traded)}: {dollars(line.available)}"
    )


def years(table: Table) -> Section:
    """Room by franchise and season."""
    highest = max(abs(row.available) for row in table.scenario("baseline")) or 1
    body = fragment(
        "cap_scenarios/years.html.j2",
        caption="Room by season, dollars",
        seasons=table.seasons,
        rows=[
            (franchise, [(row.available, 40 * max(0, row.available) / highest) for row in rows])
            for franchise, rows in table.by_season().items()
        ],
        kind="pos-rb",
    )
    lead = "Later seasons may go over the cap; the current one may not."
    return Section("years", "Room by season", body, lead, "Seasons")


def dead(table: Table) -> Section:
    """Dead cap by franchise and season."""
    rows = table.by_season()
    highest = max(row.dead for line in rows.values() for row in line)
    if not highest:
        return absent("dead", "Dead cap", "No franchise owes anything for players who were cut.")
    order = sorted(rows, key=lambda name: (-sum(row.dead for row in rows[name]), name))
    body = fragment(
        "cap_scenarios/years.html.j2",
        caption="Dead cap by season, dollars",
        seasons=table.seasons,
        rows=[
            (name, [(row.dead, 40 * row.dead / highest) for row in rows[name]]) for name in order
        ],
        kind="pos-qb",
    )
    lead = "What franchises still owe for players whom they cut. It cannot be traded away."
    return Section("dead", "Dead cap", body, lead)


def scenarios(table: Table) -> Section:
    """What each scenario does to each franchise, against the baseline."""
    groups = []
    for name in NAMES[1:]:
        by_franchise = table.by_season(name)
        moved = [
            (franchise, next(r.moves for r in rows if r.moves), rows[0].change, _total(rows))
            for franchise, rows in by_franchise.items()
            if any(row.moves for row in rows)
        ]
        groups.append((TITLES[name], moved))
    body = fragment("cap_scenarios/scenarios.html.j2", groups=groups)
    lead = (
        "Each scenario starts from the contracts as they are. Change is room against that, this "
        "season and over all seasons."
    )
    return Section("scenarios", "Scenarios", body, lead)


def _total(rows: list[Row]) -> int:
    return sum(row.change for row in rows)


def _with_bars(found: list[Cut], scale: Scale) -> list[tuple[Cut, Markup]]:
    return [
        (cut, charts.dumbbell(scale, cut.salary, cut.freed, f"{cut.name}: {_effect(cut)}"))
        for cut in found
    ]


def _effect(cut: Cut) -> str:
    return f"pays {dollars(cut.salary)} now, a cut frees {dollars(cut.freed)}"


def cuts(table: Table) -> Section:
    """The cut that frees most, for each franchise."""
    best: dict[str, Cut] = {}
    for cut in table.cuts:
        if cut.freed > 0:
            best.setdefault(cut.franchise, cut)
    if not best:
        return absent("cuts", "What a cut frees", "No cut would free a dollar this season.")
    shown = list(best.values())[:BEST_CUTS]
    scale = Scale.covering((float(cut.salary) for cut in shown), steps=3)
    body = fragment(
        "cap_scenarios/cuts.html.j2",
        rows=_with_bars(shown, scale),
        axis=charts.axis(scale, dollars),
    )
    lead = (
        "The one cut of each franchise that frees most this season. The open dot is the salary, "
        "the filled dot what a cut frees; what lies between stays as dead cap."
    )
    return Section("cuts", "What a cut frees", body, lead, "Cuts")


def every_cut(table: Table) -> Section:
    """All players under contract with what a cut would do, sortable."""
    total = len(table.cuts)
    first = FIRST if total > FIRST else 0
    body = fragment("cap_scenarios/every_cut.html.j2", rows=table.cuts, first=first)
    lead = f"All {total} players under contract, by what a cut frees this season."
    return Section("every-cut", "Every contract", body, lead, "Contracts")


def expiring(table: Table) -> Section:
    """Contracts that end with the season."""
    if not table.ending:
        return absent("expiring", "Expiring contracts", "No contract ends with this season.")
    body = fragment(
        "cap_scenarios/expiring.html.j2",
        rows=table.ending,
        picks=bool(table.rules.compensation),
        shown=ENDING,
    )
    lead = (
        f"{len(table.ending)} contracts end with {table.season}, highest first. The pick is what a "
        "restricted free agent brings if he signs elsewhere for the same average."
    )
    return Section("expiring", "Expiring contracts", body, lead, "Expiring")


def method(table: Table, meta: ReportMeta) -> Section:
    """The rules that were applied, and the meaning of every column."""
    body = fragment(
        "cap_scenarios/method.html.j2",
        words=method_words(table.rules),
        meta=meta,
        columns=words_at(CONTRACT),
    )
    return Section("method", "Rules and columns", body, nav="Rules")
