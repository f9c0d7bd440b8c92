"""Reports by day: which lie there, the index, and what maintenance retires."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.official.address import Address, folder_of
from ff_analytics.engine.products.pages.index import index, write_index
from ff_analytics.engine.products.pages.listing import official
from ff_analytics.engine.products.pages.retention import remove_old_reports

TODAY = datetime.now(UTC).date()


def page(folder: Path, name: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(name)
    return file


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+\.html)"', html)


def test_the_report_of_a_day_has_an_address_beside_the_latest() -> None:
    day = date(2026, 9, 1)
    league, everyone = Address("valuation", "x", "mine"), Address("backtest", "x")
    assert league.report == "valuation/mine.html"
    assert league.report_of(day) == "valuation/mine/2026-09-01.html"
    assert everyone.report_of(day) == "backtest/days/2026-09-01.html"


def test_no_league_or_tenant_takes_a_folder_that_means_something_else() -> None:
    for name in ("days", "scenarios", "as_of"):
        assert folder_of([name]) not in (name, *(folder_of([o]) for o in ("a", "b")))
    assert folder_of(["days"]) == "%64ays"


def test_the_index_links_every_report_that_lies_there(tmp_path: Path) -> None:
    names = (
        *("valuation.html", "valuation/mine.html", "valuation/a%20b.html"),
        *("valuation/mine/2026-09-01.html", "valuation/mine/2026-09-02.html"),
        *("backtest.html", "backtest/days/2026-09-01.html"),
        *("valuation/scenarios/mine-season-2021-0a1b.html", "gone-product/x.html"),
    )
    for name in names:
        page(tmp_path, name)
    page(tmp_path, "valuation/mine/as_of/snapshot-3-2026-09-01.html")
    html = index(tmp_path)
    assert sorted(links(html)) == sorted(name.replace("%", "%25") for name in names)
    assert html.index("mine/2026-09-02") < html.index("mine/2026-09-01")
    assert "Player valuation" in html
    assert "<dt>a b</dt>" in html
    reports = {(r.product, r.whose): [str(day) for day, _ in r.days] for r in official(tmp_path)}
    assert reports["valuation", "mine"] == ["2026-09-02", "2026-09-01"]
    assert reports["backtest", ""] == ["2026-09-01"]


def test_the_index_holds_names_as_text(tmp_path: Path) -> None:
    page(tmp_path, "valuation/%3Cimg%20src=x%3E.html")
    assert "<img" not in index(tmp_path)
    assert "&lt;img" in index(tmp_path)


def test_without_a_report_the_index_says_what_makes_one(lake_settings: Settings) -> None:
    write_index(lake_settings, "test")
    assert "ff run valuation" in (lake_settings.reports_dir / "index.html").read_text()


def test_old_days_go_to_the_trash_and_the_newest_stays(lake_settings: Settings) -> None:
    folder, keep = lake_settings.reports_dir, lake_settings.report_retention_days
    old = [TODAY - timedelta(days=keep + back) for back in (1, 2)]
    latest, other = page(folder, "valuation/mine.html"), page(folder, "valuation/other.html")
    today = page(folder, f"valuation/mine/{TODAY}.html")
    border = page(folder, f"valuation/mine/{TODAY - timedelta(days=keep)}.html")
    gone = [page(folder, f"valuation/mine/{day}.html") for day in old]
    # A league that is no longer run keeps its last day.
    last, before = (page(folder, f"valuation/other/{day}.html") for day in old)
    scenario = page(folder, f"valuation/scenarios/{old[0]}.html")
    assert remove_old_reports(dry_run=True, settings=lake_settings) == 3
    assert all(file.exists() for file in [*gone, before])
    assert remove_old_reports(dry_run=False, settings=lake_settings) == 3
    assert not any(file.exists() for file in [*gone, before])
    assert all(file.exists() for file in (latest, other, today, border, last, scenario))
    kept = list((lake_settings.data / "trash").glob("*/reports/valuation/*/*.html"))
    assert len(kept) == 3
    assert not any(str(old[1]) in link for link in links((folder / "index.html").read_text()))
    assert remove_old_reports(dry_run=False, settings=lake_settings) == 0
