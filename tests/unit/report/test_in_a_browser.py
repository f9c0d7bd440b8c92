"""The reports in a real Chromium: widths, themes, keys, search, CSV; no error, no request."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.domains.fantasy.products.backtest.report import render as backtest
from ff_analytics.domains.fantasy.products.cap_scenarios.report import render as cap
from ff_analytics.domains.fantasy.products.projections.report import render as projections
from ff_analytics.domains.fantasy.products.valuation.report import render as valued_page
from ff_analytics.domains.fantasy.products.weekly_projections.report import render as weekly
from ff_analytics.domains.marketing.products.channel_performance.report import (
    render as channels,
)
from ff_analytics.engine.products.pages.index import index
from ff_analytics.engine.report.meta import ReportMeta
from tests.fakes.browser import PROGRAM, Browser, browser
from tests.unit.fantasy.test_assets import contracts, market, valued
from tests.unit.marketing.test_performance import day, run, store
from tests.unit.report import test_backtest_report, test_cap_report, test_dynasty_report
from tests.unit.report.frames import meta, valuation
from tests.unit.report.test_backtest_report import HISTORY, MARKET

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium on this machine")
SHAPES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
# Reports with a table of every player: what a search must find, and rows of the table.
PLAYERS = ("valuation", "projections", "weekly-projections", "dynasty-value", "cap-scenarios")
HIDDEN = "Zacharias Featherstonehaugh-Cholmondeley III"


def _last_is_long(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """The least player gets a long name, below the rows that a page starts with."""
    last = pl.col("player_id") == frame.sort(by)["player_id"][0]
    return frame.with_columns(
        player_name=pl.when(last).then(pl.lit(HIDDEN)).otherwise("player_name")
    )


def _projected() -> pl.DataFrame:
    """Five seasons of every player of the invented valuation."""
    seasons = pl.DataFrame({"horizon": pl.Series([1, 2, 3, 4, 5], dtype=pl.Int32)})
    share = pl.lit(0.9) - pl.col("horizon") / 10
    per_game = pl.col("points_per_game") * (1 - pl.col("horizon") / 20)
    return (
        _last_is_long(valuation(), "total_points")
        .join(seasons, how="cross")
        .with_columns(base_season=pl.lit(2025), projection_season=2025 + pl.col("horizon"))
        .with_columns(
            games_share=share,
            survival=share + 0.05,
            points_per_game_p10=per_game - 4,
            points_per_game_p50=per_game,
            points_per_game_p90=per_game + 4,
            total_points=per_game * share * 17,
            age_factor=pl.lit(1.0),
            opportunity_factor=pl.lit(1.0),
            evidence=pl.when(pl.col("overall_rank") % 9 == 0)
            .then(pl.lit("draft slot"))
            .otherwise(pl.lit("history")),
            data_share=pl.lit(0.5),
            model=pl.lit("ridge"),
        )
    )


def _week() -> pl.DataFrame:
    """A week of every player of the invented valuation, some of them idle."""
    rank = pl.col("overall_rank")
    return _last_is_long(valuation(), "total_points").with_columns(
        season=pl.lit(2026),
        week=pl.lit(11),
        opponent_team=pl.lit("BUF"),
        home=rank % 2 == 0,
        implied_points=pl.lit(23.5),
        availability=pl.when(rank % 11 == 0).then(pl.lit("out")).otherwise(pl.lit("expected")),
        injury_status=pl.when(rank % 11 == 0).then(pl.lit("Out")),
        ranking=pl.when(rank < 200).then(rank.cast(pl.Float64)),
        games_known=pl.lit(40),
        usage=pl.lit(7.5),
        usage_trend=pl.lit(-0.5),
        points=pl.col("points_per_game"),
        points_p10=pl.col("points_per_game") - 6,
        points_p50=pl.col("points_per_game") - 1,
        points_p90=pl.col("points_per_game") + 8,
        evidence=pl.lit("ranking"),
        facts_used=pl.lit("schedule, betting lines, rankings, injuries"),
    )


def _channel_days() -> pl.DataFrame:
    """Forty days of large amounts in several channels, with one outlier and a foreign currency."""
    large = {"spend": Decimal(1_234_567), "revenue": Decimal(98_765_432), "clicks": 9_876_543}
    days = [
        day(n, channel, **(large | ({"spend": Decimal(9_999_999)} if n == 38 else {})))
        for n in range(40)
        for channel in ("meta-ads", "google-ads", "klaviyo")
    ]
    return run([*days, *(store(n, revenue=123_456_789) for n in range(40))])


def _plain(product: str) -> ReportMeta:
    return ReportMeta(
        title="Scenario: what each channel brought",
        product=f"analytics/{product}",
        snapshot_date=date(2026, 9, 1),
        generated_at=datetime(2026, 9, 1, 12, tzinfo=UTC),
        parquet_path="data/analytics/" + "a_long_name_of_a_tenant/" * 4 + "latest.parquet",
        warnings=("Scenario, not the official output: days 30 (official: 120).",),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of reports, one per product, and their index."""
    reports = tmp_path_factory.mktemp("reports")
    listed = market({"rb01": 0.1, "qb04": 60.0})
    figures = test_backtest_report.figures(*HISTORY, *MARKET)
    values = valued(contracts=contracts(rb00=20, rb01=9), market=listed)
    pages = {
        "valuation": valued_page(_last_is_long(valuation(), "vor"), meta()),
        "projections": projections(_projected(), _plain("projections")),
        "weekly-projections": weekly(_week(), _plain("weekly-projections")),
        "dynasty-value": test_dynasty_report.page_of(_last_is_long(values, "dynasty_value_score")),
        "cap-scenarios": cap(test_cap_report.table(), test_cap_report.META),
        "backtest": backtest(figures, test_backtest_report.META),
        "channel-performance": channels(_channel_days(), _plain("channel-performance")),
    }
    for name, html in pages.items():
        (reports / f"{name}.html").write_text(html)
        for day_ in ("2026-09-01", "2026-09-02"):
            file = reports / name / "a-league-with-a-long-name" / f"{day_}.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(html)
    (reports / "index.html").write_text(index(reports))
    return reports


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize(("width", "theme"), SHAPES)
def test_every_report_fits_and_breaks_nothing(
    tab: Browser, folder: Path, width: int, theme: str
) -> None:
    tab.shape(width, 844, theme)
    tab.errors.clear()
    tab.requests.clear()
    for file in sorted(folder.glob("*.html")):
        tab.open(file.as_uri())
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert tab.value(wider) == 0, file.name
        if file.name != "index.html":
            dark = tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 19)"
            assert dark == (theme == "dark"), file.name
    assert tab.errors == []
    assert {url for url in tab.requests if not url.startswith(("file:", "data:"))} == set()


@pytest.mark.parametrize("name", PLAYERS)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_search_finds_every_player_and_the_csv_has_what_is_shown(
    tab: Browser, folder: Path, name: str, width: int
) -> None:
    tab.shape(width, 844, "light")
    tab.open((folder / f"{name}.html").as_uri())
    rows = "[...document.querySelectorAll('table.sortable:has(+ *), .scroll table.sortable')]"
    table = f"{rows}.sort((a, b) => b.rows.length - a.rows.length)[0]"
    last = f"(t => t.tBodies[0].rows[t.tBodies[0].rows.length - 1])({table})"
    wanted = tab.value(f"{last}.querySelector('th').textContent.trim()")
    tab.value("document.querySelector('input[type=search]').focus()")
    tab.ask("Input.insertText", text=wanted)
    shown = f"[...{table}.tBodies[0].rows].filter(r => !r.hidden).map(r => r.innerText)"
    found = tab.value(shown)
    assert len(found) == 1
    assert wanted in found[0]
    # The download of the page, caught before it becomes a file.
    tab.value(
        "window.caught = []; URL.createObjectURL = b => { window.caught.push(b); return '#'; }; "
        "HTMLAnchorElement.prototype.click = () => {}; "
        "document.querySelector('[data-csv]').click()"
    )
    csv = tab.ask(
        "Runtime.evaluate",
        expression="window.caught[0].text()",
        awaitPromise=True,
        returnByValue=True,
    )["result"]["value"]
    lines = csv.strip().splitlines()
    assert len(lines) == 2
    assert wanted in lines[1].replace('""', '"')


@pytest.mark.parametrize("name", [*PLAYERS, "backtest", "channel-performance", "index"])
def test_keys_reach_every_control_and_every_region_that_scrolls(
    tab: Browser, folder: Path, name: str
) -> None:
    tab.shape(390, 844, "light")
    tab.open((folder / f"{name}.html").as_uri())
    nameless = """[...document.querySelectorAll('a,button,input,[role=region]')]
      .filter(e => e.offsetParent && !(e.textContent.trim() || e.getAttribute('aria-label')
        || (e.labels && [...e.labels].some(l => l.textContent.trim())))).map(e => e.outerHTML)"""
    assert tab.value(nameless) == []
    scrolled = """[...document.querySelectorAll('main *')].filter(e => !e.hidden
      && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
      && e.scrollWidth > e.clientWidth && e.tabIndex < 0).map(e => e.outerHTML.slice(0, 80))"""
    assert tab.value(scrolled) == []
    reachable = "a[href],button,input,[tabindex='0']"
    expected = tab.value(
        f'[...document.querySelectorAll("{reachable}")].filter(e => e.offsetParent).length'
    )
    # Pages have hundreds of controls: enough to see that the focus goes on, with a visible mark.
    steps, seen = min(expected, 25), set()
    for _ in range(steps):
        tab.key("Tab", 9)
        seen.add(
            tab.value(
                "(e => { e.dataset.n ??= Math.random(); return e.dataset.n; })"
                "(document.activeElement)"
            )
        )
        style = "getComputedStyle(document.activeElement)"
        assert tab.value(f"{style}.outlineStyle") != "none"
    assert len(seen) == steps


def test_a_key_sorts_the_table(tab: Browser, folder: Path) -> None:
    tab.shape(1280, 844, "light")
    tab.open((folder / "valuation.html").as_uri())
    tab.value("document.querySelectorAll('#all-players thead button')[1].focus()")
    tab.key("Enter", 13)
    tab.ask("Input.dispatchKeyEvent", type="char", text="\r")
    assert tab.value("document.querySelector('[aria-sort]').textContent") == "Player"
