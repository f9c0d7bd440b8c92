"""League and channels: what the pages compute."""

import re
from html import unescape

import polars as pl

from tests.integration.app.conftest import Site

FRANCHISE = "/league?franchise=Bog+Goblins"


def room(page: str, season: int) -> tuple[str, ...]:
    """Before, after and change of a season's cap room, of the first franchise."""
    found = re.search(
        rf'<th scope="row">{season}</th>' + r'<td class="n[^"]*">([^<]*)</td>' * 3, page
    )
    assert found, f"no line of {season}"
    return found.groups()


def test_the_sheet_holds_every_franchise_with_its_room(site: Site) -> None:
    page = site.get("/league").text
    # Contracts 4, 6, 8, 10, 12 and 7 dead of a cap of 250.
    assert re.search(r"Bog Otters</a></th>.*?\$40</td>.*?\$7</td>.*?\$203</td>", page)


def test_a_cut_shows_room_and_value_before_and_after(site: Site) -> None:
    page = site.get(f"{FRANCHISE}&cut=SMP-00001").text
    # A salary of 5: half of it, rounded up, stays as dead cap.
    assert room(page, 2026) == ("$205", "$207", "+$2")
    assert "Cut Vexo Wobble1" in page
    assert re.search(r"Dynasty value</th>.*?class=\"n down\"", page)


def test_an_extension_costs_the_seasons_behind_the_contract(site: Site) -> None:
    page = site.get(f"{FRANCHISE}&extend=SMP-00001&years=2&total=21").text
    assert room(page, 2027)[2] == "$0"
    assert room(page, 2028) == ("$250", "$240", "\N{MINUS SIGN}$10")
    assert room(page, 2029) == ("$250", "$239", "\N{MINUS SIGN}$11")


def test_a_trade_moves_contracts_both_ways(site: Site) -> None:
    page = site.get(f"{FRANCHISE}&give=SMP-00009&with=Bog+Otters&get=SMP-00000").text
    assert "Bog Goblins sends Vexo Wobble9 to Bog Otters" in page
    assert "Bog Otters sends Vexo Wobble0 to Bog Goblins" in page
    assert room(page, 2026)[2] == "+$9"


def test_a_move_that_the_rules_forbid_says_why(site: Site) -> None:
    for move, words in (
        ("extend=SMP-00001&years=9", "Extend by 1 to 5 years"),
        ("extend=SMP-00001&years=4", "the longest contract is 5"),
        ("give=SMP-00000&with=Bog+Otters", "belongs to Bog Otters"),
        ("cut=SMP-00011", "is not under contract"),
        ("give=SMP-00001", "Choose the franchise"),
    ):
        answer = site.get(f"{FRANCHISE}&{move}")
        assert answer.status_code == 200
        assert words in unescape(answer.text)


def test_channels_sum_the_period_and_compare_it_with_the_one_before(site: Site) -> None:
    page = site.get("/channels?days=10").text
    # Days 48 to 57 of spend 100 + n: 1525, the ten before 1425.
    assert re.search(r"Spend</dt><dd><strong>1,525</strong><span>\+7% against", page)
    assert "revenue dropped" not in page
    assert "revenue dropped" in site.get("/channels?days=28").text


def test_the_export_of_a_period_holds_its_days(site: Site) -> None:
    csv = pl.read_csv(site.get("/channels?days=10&format=csv").content)
    assert csv.height == 30
    assert csv["date"].min() == "2026-11-18"


def test_accuracy_shows_the_figures_that_are_kept(site: Site) -> None:
    page = site.get("/accuracy").text
    assert "Mean absolute error" in page
    assert "No back-test is in the lake yet" in page
