"""Names as keys, picks as ids, and links of sheets."""

import polars as pl
import pytest

from ff_analytics.domains.fantasy.players.names import initial_key, name_key, position_key, team_key
from ff_analytics.domains.fantasy.sources.market_values.picks import parse_pick
from ff_analytics.domains.fantasy.sources.market_values.providers import sheet_csv


def key(expression: pl.Expr, text: str) -> object:
    return pl.DataFrame({"x": [text]}).select(expression).item()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.J. Brindle", "AJ Brindle"),
        ("A J Brindle", "A.J. Brindle Jr."),
        ("Amon-Ra St. Vane", "amon ra st vane"),
        ("Ja'Dor Kell", "Ja’Dor Kell"),  # noqa: RUF001 - as typesetters write it
        ("Zoë Ångmark III", "zoe angmark"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert key(name_key(pl.col("x")), one) == key(name_key(pl.col("x")), other)


def test_different_names_stay_different() -> None:
    keys = {key(name_key(pl.col("x")), name) for name in ("Al Vane", "Alva Ne", "Ivan Vee", "Vee")}
    assert len(keys) == 4 - 1  # Only the spaces of the first two differ.


@pytest.mark.parametrize("short", ["J. Kell", "J.Kell", "J Kell"])
def test_an_initial_is_that_of_the_full_name(short: str) -> None:
    assert key(initial_key(pl.col("x")), short) == key(initial_key(pl.col("x")), "Ja'Dor Kell")


def test_clubs_and_positions_of_other_sites() -> None:
    codes = [key(team_key(pl.col("x")), code) for code in ("LVR", "jac", "LAR", "GB")]
    assert codes == ["LV", "JAX", "LA", "GB"]
    positions = [key(position_key(pl.col("x")), name) for name in ("FB", "PK", "wr")]
    assert positions == ["RB", "K", "WR"]


@pytest.mark.parametrize(
    ("label", "pick"),
    [
        ("2026 Pick 1.03", "PICK-2026-1-03"),
        ("2026 1.03", "PICK-2026-1-03"),
        ("2027 Early 1st", "PICK-2027-1-early"),
        ("2027 2nd", "PICK-2027-2"),
        ("2027 3rd Round", "PICK-2027-3"),
        ("Orrin Vance", None),
        ("2026", None),
    ],
)
def test_picks_by_label(label: str, pick: str | None) -> None:
    assert parse_pick(label) == pick


def test_the_link_of_a_sheet_leads_to_its_csv() -> None:
    export = "https://docs.google.com/spreadsheets/d/abc_1/export?format=csv&gid=77"
    assert sheet_csv("https://docs.google.com/spreadsheets/d/abc_1/edit?gid=77#gid=77") == export
    assert sheet_csv(export) == export
    assert sheet_csv("file:///tmp/x.csv") == "file:///tmp/x.csv"
