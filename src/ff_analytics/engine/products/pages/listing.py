"""Which reports lie in `data/reports`: the latest of each league or tenant, and those of its days.

valuation.html                          latest of the deployment's own league
valuation/my_league.html                latest of a league
valuation/my_league/2026-09-01.html     of one day of it
backtest/days/2026-09-01.html           of one day of all tenants, or without leagues
valuation/scenarios/<id>.html           of a scenario
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.official.address import ALL_DAYS, AS_OF, SCENARIOS

INDEX = "index.html"


@dataclass(frozen=True)
class Report:
    """One official report: product and league or tenant by the names of their folders."""

    product: str
    whose: str
    latest: Path | None
    days: tuple[tuple[date, Path], ...]


def day_of(file: Path) -> date | None:
    """The day that a file is named by."""
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None


def day_pages(folder: Path) -> list[tuple[str, str, date, Path]]:
    """Product, league or tenant ("" for all), day and file of every kept day."""
    found = []
    for file in sorted(folder.glob("*/*/*.html")):
        product, whose = file.parts[-3:-1]
        day = day_of(file)
        if day and whose not in (SCENARIOS, AS_OF):
            found.append((product, "" if whose == ALL_DAYS else whose, day, file))
    return found


def official(folder: Path) -> list[Report]:
    """Official reports, by product and league or tenant; the newest day first."""
    latest = {
        (file.stem, ""): file for file in sorted(folder.glob("*.html")) if file.name != INDEX
    } | {(file.parent.name, file.stem): file for file in sorted(folder.glob("*/*.html"))}
    days: dict[tuple[str, str], list[tuple[date, Path]]] = {}
    for product, whose, day, file in day_pages(folder):
        days.setdefault((product, whose), []).append((day, file))
    return [
        Report(*key, latest.get(key), tuple(sorted(days.get(key, ()), reverse=True)))
        for key in sorted({*latest, *days})
    ]


def scenarios(folder: Path) -> list[tuple[str, Path]]:
    """Product and file of each report of a scenario, the newest first."""
    files = folder.glob(f"*/{SCENARIOS}/*.html")
    newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
    return [(file.parent.parent.name, file) for file in newest]


def old(settings: Settings, today: date) -> list[Path]:
    """Reports of days before the retention; the newest day of each league or tenant stays."""
    limit = today - timedelta(days=settings.report_retention_days)
    return [
        file
        for report in official(settings.reports_dir)
        for day, file in report.days[1:]
        if day < limit
    ]
