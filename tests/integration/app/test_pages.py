"""What the pages show, over HTTP."""

import base64
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from tests.fakes.app_lake import PLAYERS, stock
from tests.integration.app.conftest import LOGIN, Site, served
from tests.waiting import until

PAGES = [
    "/",
    "/players",
    "/players?product=projections&sort=-points_per_game",
    "/players?product=dynasty-value&position=WR",
    "/players/compare?id=SMP-00000&id=SMP-00001&id=SMP-00002",
    "/player/SMP-00000",
    "/league",
    "/channels",
    "/catalog",
    "/catalog/analytics.mrt_player_valuation",
    "/catalog/raw_league.rosters",
    "/catalog/core.odd",
    "/catalog/raw_league.rosters?of=player_id",
    "/catalog/changes?a=0&b=1",
    "/sql",
    "/sql?q=FROM+core.odd&chart=1",
    "/sql?q=FROM+analytics.mrt_player_valuation&chart=1",
    "/league?franchise=Bog+Goblins",
    "/channels?days=7",
    "/accuracy",
    "/login",
]
MARK = "<img src=x onerror=alert(1)>'\"&{{7*7}}"


class Tags(HTMLParser):
    """Tags of a page with the names of their attributes, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app over a lake in which every name holds markup."""
    folder = tmp_path_factory.mktemp("marked") / "data"
    settings = Settings(data_dir=folder).embedded(folder)
    stock(settings, MARK)
    with served(settings) as running:
        yield running


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert "<main" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_names_from_outside_are_text_on_every_page(marked: Site, path: str) -> None:
    tags = Tags()
    tags.feed(marked.get(path).text)
    assert "img" not in {tag for tag, _ in tags.found}
    # Nothing inline either: the policy would refuse it.
    attributes = {name for _, names in tags.found for name in names}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}
    assert all("src" in names for tag, names in tags.found if tag == "script")


def test_marked_names_are_shown_as_they_are(marked: Site) -> None:
    assert f"Wobble0{MARK}" in unescape(marked.get("/players").text)
    assert MARK in unescape(marked.get("/catalog/core.odd").text)


def rows(page: str) -> list[str]:
    """Names in the grid's rows, in order."""
    return re.findall(r'<th scope="row"><a [^>]*>(Vexo [^<]+)</a>', page)


def test_the_grid_sorts_filters_searches_and_says_how_many(site: Site) -> None:
    page = site.get("/players?sort=-overall_rank&position=WR").text
    assert rows(page) == ["Vexo Wobble10", "Vexo Wobble6", "Vexo Wobble2"]
    assert f"3 of {PLAYERS} rows" in page
    assert rows(site.get("/players?where=age:le:22.5").text) == ["Vexo Wobble0", "Vexo Wobble1"]
    assert rows(site.get("/players?q=goblins+wobble3").text) == ["Vexo Wobble3"]
    assert rows(site.get("/players?where=franchise:none:").text) == [
        "Vexo Wobble10",
        "Vexo Wobble11",
    ]


def test_the_filter_form_and_its_address_mean_the_same(site: Site) -> None:
    form = site.get("/players?column=vor&op=ge&value=80").text
    assert rows(form) == rows(site.get("/players?where=vor:ge:80").text) != []
    assert "VOR at least 80" in form


def test_a_wrong_address_is_explained(site: Site) -> None:
    for path, words in (
        ("/players?where=nope:ge:1", "names no column"),
        ("/players?where=age:ge:old", "is no number"),
        ("/players?product=nope", "has no players in the lake"),
        ("/players?as_of=x", "is no whole number"),
        ("/players/compare?id=SMP-00000", "Compare two to 4"),
        ("/player/nobody", "No player"),
        ("/catalog/no.table", "has no table"),
    ):
        answer = site.get(path)
        assert answer.status_code == 400
        assert words in unescape(answer.text)


def test_an_export_is_exactly_what_is_shown(site: Site) -> None:
    query = "/players?where=vor:ge:60&sort=-vor&cols=player_name&cols=vor"
    shown = rows(site.get(query).text)
    csv = pl.read_csv(site.get(f"{query}&format=csv").content)
    parquet = pl.read_parquet(BytesIO(site.get(f"{query}&format=parquet").content))
    book = openpyxl.load_workbook(BytesIO(site.get(f"{query}&format=xlsx").content))
    assert [row[0] for row in book["Rows"].iter_rows(values_only=True)] == ["player_name", *shown]
    assert csv.columns == parquet.columns == ["player_name", "vor"]
    assert csv["player_name"].to_list() == parquet["player_name"].to_list() == shown


def test_an_exported_formula_is_text(marked: Site) -> None:
    content = marked.get("/sql?q=FROM+core.odd&format=csv").text
    assert content.splitlines()[1].lstrip('"').startswith("'=1+1")


def test_a_page_of_the_past_stays_there(site: Site) -> None:
    before = site.get("/?as_of=0")
    assert "You read lake snapshot 0" in before.text
    assert 'href="/players?as_of=0"' in before.text
    assert site.get("/players?as_of=99999").status_code == 404


def test_movers_are_those_between_the_two_newest_days(site: Site) -> None:
    page = site.get("/").text
    assert "2026-11-20 to 2026-11-27" in page
    # The last player gained most: seven points.
    assert re.search(r"Vexo Wobble11</a></th>.*?\+7\.0", page, re.DOTALL)


def test_a_warned_check_is_the_first_thing_to_see(site: Site) -> None:
    page = site.get("/").text
    assert "things to look at" in page or "thing to look at" in page
    assert "10 rows" in page
    assert page.index("What to do") < page.index("Reports")


def test_the_player_page_holds_value_weeks_ranges_contract_and_market(site: Site) -> None:
    page = site.get("/player/SMP-00000").text
    for words in ("VOR by day", "Points by game of 2025", "5.0 to 19.0", "2027", "market"):
        assert words in page
    assert "Mean absolute error one season ahead" in page


def test_the_console_runs_what_reads_and_refuses_the_rest(site: Site) -> None:
    found = site.get("/sql?q=SELECT+count(*)+AS+n+FROM+analytics.mrt_player_valuation")
    assert ">24</td>" in found.text
    assert "analytics.mrt_player_valuation" in found.text
    before = lake.current_snapshot(site.settings)
    refused = site.get("/sql?q=DROP+TABLE+core.odd")
    assert refused.status_code == 400
    assert "DROP is not allowed" in refused.text
    assert lake.current_snapshot(site.settings) == before


def test_a_column_leads_to_those_it_is_made_of(site: Site) -> None:
    compiled = site.settings.data / "dbt/target/compiled/project/models/core/odd.sql"
    compiled.parent.mkdir(parents=True, exist_ok=True)
    compiled.write_text('select player_id as odd from "lake"."raw_league"."rosters"')
    page = site.get("/catalog/core.odd").text
    assert 'href="/catalog/raw_league.rosters?of=player_id">rosters.player_id</a>' in page
    drawn = site.get("/catalog/raw_league.rosters?of=player_id").text
    assert "Lineage of raw_league.rosters.player_id" in drawn
    assert 'href="/catalog/core.odd?of=odd"' in drawn
    unknown = site.get("/catalog/core.odd?of=nothing")
    assert unknown.status_code == 400
    assert "core.odd has no column" in unknown.text


def test_the_catalog_explains_columns_and_draws_the_lineage(site: Site) -> None:
    page = site.get("/catalog/analytics.mrt_multi_year_projections").text
    assert "Expected fantasy points of a game played." in page
    assert "Mean absolute error" in page
    assert 'class="lineage"' in page
    assert (
        'href="/catalog/marts.mrt_fantasy_actuals_weekly"'
        in site.get("/catalog/analytics.mrt_player_valuation").text
    )
    refused = site.get("/catalog").text
    assert "no franchise \u00d7 1" in refused


def test_what_changed_between_two_snapshots_is_counted(site: Site) -> None:
    page = site.get("/catalog/changes?a=0&b=1").text
    assert re.search(r"analytics\.mrt_player_valuation</a></th><td class=\"n\">24</td>", page)


@pytest.mark.parametrize("path", ["/", "/players", "/league", "/channels", "/catalog", "/sql"])
def test_an_empty_lake_says_what_to_load(empty_site: Site, path: str) -> None:
    answer = empty_site.get(path)
    assert answer.status_code in (200, 404)
    assert "ff run ingest/sample" in answer.text


def test_reports_are_served_in_a_sandbox_and_no_other_file_is(site: Site) -> None:
    folder: Path = site.settings.reports_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "valuation.html").write_text("<h1>Report</h1>")
    (folder.parent / "secret.html").write_text("secret")
    answer = site.get("/reports/valuation")
    assert "Report" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    for path in ("/reports/../secret", "/reports/..%2fsecret", "/reports/%2e%2e%2fsecret"):
        assert "secret" not in site.get(path).text.replace("path", "")


def test_the_numbers_of_a_column_have_the_same_decimals(site: Site) -> None:
    page = site.get("/players?cols=player_name&cols=vor&sort=-vor").text
    numbers = re.findall(r'<td class="n">(-?[\d.,]+)</td>', page)
    assert len(numbers) == PLAYERS
    assert {len(number.partition(".")[2]) for number in numbers} == {1}


def test_the_copy_of_a_leagues_report_is_listed_once(site: Site) -> None:
    folder: Path = site.settings.reports_dir / "cap-scenarios"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (folder.with_suffix(".html"), folder / "bog.html", folder / "fen.html"):
        file.write_text("<h1>Fen</h1>" if file.stem == "fen" else "<h1>Bog</h1>")
    page = site.get("/").text
    assert 'href="/reports/cap-scenarios/bog"' in page
    assert 'href="/reports/cap-scenarios/fen"' in page
    assert 'href="/reports/cap-scenarios"' not in page


def test_fifty_readers_at_once_are_all_answered(site: Site) -> None:
    paths = [PAGES[n % len(PAGES)] for n in range(50)]
    with ThreadPoolExecutor(50) as pool:
        assert {answer.status_code for answer in pool.map(site.get, paths)} == {200}


def _queries() -> int:
    return sum(thread.name == "query-limit" for thread in threading.enumerate())


def test_a_query_ends_when_its_reader_goes_away(site: Site) -> None:
    numbers = "range(100000)"
    sql = f"SELECT sum(a.range * b.range * c.range) FROM {numbers} a, {numbers} b, {numbers} c"
    asked = httpx.Request("GET", f"{site.url}/sql", params={"q": sql})
    login = base64.b64encode(LOGIN.encode()).decode()
    with socket.create_connection((asked.url.host, asked.url.port or 80)) as sock:
        head = f"GET {asked.url.raw_path.decode()} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        sock.sendall(f"{head}Authorization: Basic {login}\r\n\r\n".encode())
        until("the query runs", lambda: _queries() > 0)
        started = time.monotonic()
    until("the query has ended", lambda: _queries() == 0)
    # Its own limit is 20 seconds.
    assert time.monotonic() - started < 15
