"""What a reader of the valuation report relies on."""

import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from pydantic import ValidationError

from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation
from ff_analytics.domains.fantasy.products.valuation.report import render
from ff_analytics.domains.fantasy.report.no_market import no_market
from ff_analytics.engine.base.contracts.columns import words_of
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.products.registry import load
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.report.from_run import meta_of
from tests.unit.report.frames import SHAPES, meta, valuation
from tests.unit.report.page import Page

SECTIONS = (
    *("top", "positions", "drop-off", "tiers", "auction", "ranges"),
    *("contracts", "ageing", "market", "players", "method"),
)


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return valuation()


@pytest.fixture(scope="module")
def html(frame: pl.DataFrame) -> str:
    return render(frame, meta())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def without(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, frame[column].dtype).alias(column) for column in columns)


def test_generated_frame_meets_the_contract(frame: pl.DataFrame) -> None:
    assert PlayerValuation.validate(frame, cast=True).height == frame.height


def test_page_is_well_formed_and_ids_are_unique(page: Page) -> None:
    assert page.open == []
    assert len(page.ids()) == len(set(page.ids()))


def test_every_section_is_there_and_in_the_navigation(page: Page) -> None:
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert set(SECTIONS) <= set(page.ids())
    assert {f"#{section}" for section in SECTIONS} <= links


def test_nothing_is_loaded_from_elsewhere(html: str, page: Page) -> None:
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html.replace("/*", ""))
    for tag, attributes in page.tags:
        assert "src" not in attributes
        if tag != "a":
            assert (attributes.get("href") or "data:").startswith("data:")


def test_only_our_scripts_may_run(page: Page) -> None:
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv")) or ""
    scripts = sum(tag == "script" for tag, _ in page.tags)
    assert policy.startswith("default-src 'none'")
    assert policy.count("'sha256-") == scripts == 2
    assert "script-src 'unsafe-inline'" not in policy


def test_every_graphic_is_valid_xml_within_its_box(html: str) -> None:
    graphics = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(graphics) > 100
    for graphic in graphics:
        root = ElementTree.fromstring(graphic)
        assert root.get("role") == "img" or root.get("aria-hidden") == "true"
        shares = [float(x) for x in re.findall(r'x\d?="([-\d.]+)%"', graphic)]
        assert all(0 <= share <= 100 for share in shares)
        assert "nan" not in graphic


def test_panels_say_in_words_what_they_show(page: Page) -> None:
    labels = [a.get("aria-label") for _, a in page.tags if a.get("class") == "panel"]
    assert len(labels) == 2 * len(SHAPES)
    assert all(label and "rank" in label for label in labels)


def test_every_table_has_a_caption_and_scoped_heads(html: str, page: Page) -> None:
    tables = html.count("<table")
    assert tables == html.count("<caption") > 10
    assert all(a.get("scope") for tag, a in page.tags if tag == "th")


def test_prices_and_their_sum_are_shown(page: Page, frame: pl.DataFrame) -> None:
    assert frame["auction_value"].sum() == 3000
    assert "All prices sum to $3,000, the money in the league: 12 teams × $250." in page.text  # noqa: RUF001


def test_a_wrong_sum_of_prices_is_said_aloud(frame: pl.DataFrame) -> None:
    text = Page(render(frame, meta(budget=200))).text
    assert "All prices sum to $3,000, not to 12 teams × $200 = $2,400." in text  # noqa: RUF001


def test_table_holds_every_player_and_starts_with_the_first(page: Page) -> None:
    rows = sum("data-pos" in a for tag, a in page.tags if tag == "tr")
    assert rows == 820
    assert "All 820 players" in page.text
    assert [a["data-limit"] for _, a in page.tags if "data-limit" in a] == ["300"]
    assert "data/analytics/player_valuation/latest.parquet" in page.text


def test_made_from_and_how_to_make_it_again(page: Page) -> None:
    for fact in ("2026-03-01 13:05 UTC", "0.1.0+abc1234", "ff run valuation --as-of 42"):
        assert fact in page.text


def test_text_from_data_is_harmless(frame: pl.DataFrame) -> None:
    evil = "<script>alert(1)</script>\" onload='x' \u202e\x07&"
    poisoned = frame.with_columns(
        pl.lit(evil).alias("player_name"),
        pl.lit(evil).alias("team"),
        pl.lit(evil).alias("franchise"),
    )
    html = render(poisoned, meta(league=evil, notes=(evil,), warnings=(evil,), reproduce=evil))
    page = Page(html)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert not any("onload" in attributes for _, attributes in page.tags)
    players = html[html.index('<section id="top"') : html.index('<section id="method"')]
    assert not {"\u202e", "\x07"} & set(players)


def test_position_that_nobody_knows_still_gets_its_panels(frame: pl.DataFrame) -> None:
    renamed = frame.with_columns(pl.col("position").replace({"K": "P'T"}))
    page = Page(render(renamed, meta()))
    assert any(attributes.get("data-pos") == "P'T" for _, attributes in page.tags)


def test_same_input_gives_the_same_bytes(frame: pl.DataFrame, html: str) -> None:
    assert render(frame.sample(fraction=1, shuffle=True, seed=1), meta()) == html


@pytest.mark.parametrize(
    ("matched", "words"),
    [
        (0, "To fill this section, run <code>ff ingest market-values</code>"),
        (9, "9 players have a market value, and a comparison needs 10"),
        (12, "None of the 12 players"),
    ],
)
def test_a_market_that_cannot_be_compared_says_why(matched: int, words: str) -> None:
    section = no_market("market", "Market", matched)
    assert words in section.body
    assert section.listed == ("ff ingest market-values" in section.body)


def test_missing_contracts_market_and_ages_are_said_so(frame: pl.DataFrame) -> None:
    bare = without(
        *(frame, "salary", "franchise", "contract_efficiency_dollar_per_war", "age"),
        *("ageing_value", "market_value", "market_gap_pct", "market_gap_z", "scarcity_dropoff"),
    )
    text = Page(render(bare, meta())).text
    for phrase in (
        "No salaries of this league",
        "No market values",
        "No player has an ageing value",
        "age: not known",
    ):
        assert phrase in text
    assert "Franchises" not in text


def test_optional_columns_may_be_absent_altogether(frame: pl.DataFrame) -> None:
    optional = [name for name, column in PlayerValuation.columns().items() if column.nullable]
    assert "No salaries of this league" in render(frame.drop(optional), meta())


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_tiny_valuations_are_shown(frame: pl.DataFrame, rows: int) -> None:
    page = Page(render(frame.head(rows), meta()))
    assert page.open == []
    assert ("The valuation has no players." in page.text) == (rows == 0)


def test_everybody_below_replacement_is_no_error(frame: pl.DataFrame) -> None:
    flat = frame.with_columns(vor=-pl.col("vor").abs() - 1, auction_value=0)
    assert "No player is worth more than his replacement." in render(flat, meta())


def test_every_column_of_the_contract_is_explained(page: Page) -> None:
    for column, words in words_of(PlayerValuation).items():
        assert words.text, column
        assert all(said in page.text for said in (column, words.unit, words.text))


def test_facts_left_out_are_read_from_the_frame(frame: pl.DataFrame) -> None:
    given = meta().model_dump(include={"title", "product", "snapshot_date", "generated_at"})
    text = Page(render(frame, given)).text
    assert "dynasty_half_ppr" in text
    assert "Value over the last starter (VOLS)" in text


def test_misspelt_meta_is_refused(frame: pl.DataFrame) -> None:
    with pytest.raises(ValidationError, match="sesaon"):
        render(frame, meta().model_dump() | {"sesaon": 2025})


def test_page_is_fast_to_make_and_small(frame: pl.DataFrame, html: str) -> None:
    start = time.process_time()
    render(frame, meta())
    assert time.process_time() - start < 0.3
    assert len(html.encode()) < 1_500_000


def test_importing_the_report_is_light() -> None:
    code = (
        "import sys, ff_analytics.domains.fantasy.products.valuation.report;"
        "heavy = {'dataframely', 'duckdb', 'prefect', 'dbt', 'numpy', 'scipy', 'pyarrow'};"
        "print(*(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_meta_of_a_run_names_the_command_that_repeats_it(lake_settings: Settings) -> None:
    product: Product = load("valuation")
    params = product.params.model_validate({"season": 2019, "snapshot_date": "2026-03-01"})
    run = Run(product, params, lake_settings, run_id="r1", snapshot=17)
    run.output = str(Path(lake_settings.home) / "data" / "x.parquet")
    made = meta_of(run, "Title")
    assert made.parquet_path == "data/x.parquet"
    assert made.reproduce == (
        "ff run analytics/valuation --season 2019 --snapshot-date 2026-03-01 --as-of 17"
    )
    assert "yards passed = 0.04" in made.scoring
