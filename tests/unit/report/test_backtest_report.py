"""What a reader of the back-test's report relies on."""

from datetime import UTC, date, datetime

import polars as pl

from ff_analytics.domains.fantasy.products.backtest.contract import BackTest
from ff_analytics.domains.fantasy.products.backtest.report import render
from ff_analytics.engine.report.meta import ReportMeta
from tests.unit.report.page import Page

META = ReportMeta(
    title="How good the projections were",
    product="backtest/weekly",
    snapshot_date=date(2026, 9, 1),
    generated_at=datetime(2026, 9, 1, 12, tzinfo=UTC),
)


def figures(*rows: tuple[str, str, float]) -> pl.DataFrame:
    """Rows of the contract: means over all seasons, next season, of the quarterbacks."""
    made = pl.DataFrame(rows, schema=["model", "measure", "value"], orient="row")
    return made.with_columns(
        position=pl.lit("QB"), horizon=1, target_season=0, players=163, first_season=2014,
        last_season=2019, model_version=pl.lit("1"), snapshot_date=date(2026, 9, 1),
        input_snapshot_id=1,
    ).select(BackTest.column_names())  # fmt: skip


HISTORY = (("ridge", "mae", 2.59), ("last-season", "mae", 3.16), ("ridge", "coverage", 0.8))
MARKET = (
    *(("last-season", "ranked_mae", 3.16), ("ridge", "ranked_mae", 2.59)),
    *(("rankings", "ranked_mae", 2.76), ("market", "ranked_mae", 2.55)),
    *(("market", "ranked_share", 1.0), ("market", "ranked_coverage", 0.78)),
    *(("market", "ranked_spearman", 0.49), ("market", "ranked_t", 3.9)),
)


def test_every_model_stands_beside_the_rankings_on_the_same_players() -> None:
    html = render(figures(*HISTORY, *MARKET), META)
    page = Page(html)
    assert page.open == []
    assert html.count("<table") == html.count("<caption")
    section = html.partition('id="market"')[2].partition("</section>")[0]
    for shown in ("163", "3.16", "2.59", "2.76", "2.55 (0.49)", "78", "3.9"):
        assert shown in section
    assert 'class="n strong">2.55' in section


def test_without_rankings_the_page_says_how_to_load_them() -> None:
    assert "run ff ingest rankings --history." in Page(render(figures(*HISTORY), META)).text
