"""What a reader of the dynasty report relies on."""

import re
from datetime import UTC, date, datetime

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.dynasty_options import DynastyOptions
from ff_analytics.domains.fantasy.products.dynasty_value.contract import DynastyValue
from ff_analytics.domains.fantasy.products.dynasty_value.report import render
from ff_analytics.engine.report.meta import ReportMeta
from tests.unit.fantasy.forecasts import forecast
from tests.unit.fantasy.test_assets import PLAYERS, contracts, market, valued
from tests.unit.report.page import Page

SECTIONS = ("top", "age", "trades", "presets", "picks", "all", "method")
META = ReportMeta(
    title="What the years ahead are worth",
    product="analytics/dynasty-value",
    snapshot_date=date(2026, 9, 1),
    generated_at=datetime(2026, 9, 1, 12, tzinfo=UTC),
    league="toy",
)
WEIGHTS = {f"weight_{name}": value for name, value in DynastyOptions().weights.items()}


def page_of(frame: pl.DataFrame) -> str:
    full = frame.with_columns(
        snapshot_date=pl.lit(date(2026, 9, 1)), input_snapshot_id=pl.lit(1, dtype=pl.Int64)
    )
    return render(full.select(DynastyValue.column_names()), META, WEIGHTS)


@pytest.fixture(scope="module")
def html() -> str:
    listed = market({"rb01": 0.1, "qb04": 60.0})
    return page_of(valued(contracts=contracts(rb00=20, rb01=9), market=listed))


def test_page_is_well_formed_with_every_section(html: str) -> None:
    page = Page(html)
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert page.open == []
    assert len(page.ids()) == len(set(page.ids()))
    assert {f"#{section}" for section in SECTIONS} <= links
    assert html.count("<table") == html.count("<caption")
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html.replace("/*", ""))


def test_the_best_asset_targets_picks_and_weights_are_told(html: str) -> None:
    text = Page(html).text
    assert "Rb00 is the best asset" in text
    assert "2026 by slot" in text
    assert "2027 pick 1" in text
    assert "30 %" in text
    [buy] = re.findall(r"<caption>Buy.*?</table>", html, re.DOTALL)
    assert "Rb01" in buy
    assert "Ants" in buy


def test_without_market_and_picks_the_page_says_why() -> None:
    text = Page(page_of(valued(pick_rounds=0))).text
    assert "run ff ingest market-values." in text
    assert "No picks were valued" in text


def test_a_position_without_ages_has_no_chart() -> None:
    ageless = PLAYERS.with_columns(
        age=pl.when(pl.col("position") == "QB").then(None).otherwise(pl.col("age"))
    )
    text = Page(page_of(valued(ageless))).text
    assert "players; most: Rb00" in text
    assert "most: Qb00" not in text


def test_a_name_cannot_break_the_page() -> None:
    nasty = forecast("x", ppg=25.0).with_columns(player_name=pl.lit("<script>alert(1)</script>"))
    html = page_of(valued(pl.concat([PLAYERS, nasty])))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is the best asset" in html


def test_without_players_the_page_says_so() -> None:
    assert "There is nothing to show." in Page(page_of(valued().clear())).text
