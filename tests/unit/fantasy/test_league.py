"""League profiles: those shipped, and what a wrong one says."""

from pathlib import Path

import pytest

from ff_analytics.domains.fantasy.league.league import load_profile, profile_names
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from tests.fakes.scoring import PPR

DYNASTY = (PROJECT_ROOT / "leagues" / "dynasty_half_ppr.yaml").read_text(encoding="utf-8")


def load_changed(folder: Path, old: str, new: str) -> str:
    """The message that the dynasty league gives after one replacement."""
    assert old in DYNASTY
    changed = DYNASTY.replace("name: dynasty_half_ppr", "name: mine").replace(old, new, 1)
    (folder / "mine.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profile("mine", Settings(leagues_dir=folder))
    return str(caught.value)


def line_of(text: str) -> int:
    return DYNASTY[: DYNASTY.index(text)].count("\n") + 1


def test_every_shipped_profile_loads() -> None:
    assert set(profile_names()) >= {"dynasty_half_ppr", "redraft_ppr", "superflex_tep"}
    for name in profile_names():
        assert load_profile(name).name == name


def test_the_dynasty_league_has_its_roster_cap_and_rookie_scale() -> None:
    profile = load_profile("dynasty_half_ppr")
    assert (profile.teams, profile.roster_size, profile.budget) == (12, 25, 250)
    assert profile.positions == ("QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB")
    assert profile.cap is not None
    assert profile.cap.dead_cap == [0.5, 0.5, 0.25, 0.25, 0.25]
    assert [step.salary for step in profile.cap.rookie_scale] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("old", "new", "say"),
    [
        ("    waiver_claim: 1", "    waver_claim: 1", "guarantees names 'waver_claim'"),
        ("    waiver_claim: 1", "    waiver_claim: 2", "cap.guarantees.waiver_claim is 2"),
        ("contract_years: 5", "contract_years: 4", "a band for 5 years, but contract_years is 4"),
        ("contract_years: 5", "contract_years: 6", "dead_cap has 5 years for 6-year contracts"),
        ("{last_round: 2,", "{last_round: 1, last_pick: 3,", "rookie_scale must go from"),
        ("{average: 10,", "{average: 16,", "compensation must go from the lowest"),
        ("{average: 10, round", "{average: 10, ruond", "cap.compensation.0.ruond"),
        ("base: 250", "base: 250.5", "cap.base is 250.5"),
    ],
)
def test_a_wrong_cap_rule_is_named(tmp_path: Path, old: str, new: str, say: str) -> None:
    assert say in load_changed(tmp_path, old, new)


def test_redraft_scores_offence_as_the_provider_does() -> None:
    scoring = load_profile("redraft_ppr").scoring
    offence = {k: v for k, v in scoring.items() if not k.startswith(("fg_", "pat_", "dst_"))}
    assert offence == PPR


def test_the_market_format_follows_the_slots() -> None:
    assert load_profile("superflex_tep").market_format == "superflex"
    assert load_profile("redraft_ppr").market_format == "1qb"


@pytest.mark.parametrize(
    ("old", "new", "where", "say"),
    [
        ("passing_tds:", "passing_tdz:", "scoring.passing_tdz", "did you mean passing_tds?"),
        ("  QB: 1", "  qb: 1", "slots.qb", "did you mean QB?"),
        ("budget: 250", "bugdet: 250", "bugdet", "did you mean budget?"),
        ("{lowest: 0.4", "{lowst: 0.4", "cap.pro_rating.4.lowst", "did you mean lowest?"),
        ("teams: 12", "teams: yes", "teams is True", "a whole number"),
        ("passing_yards: 0.04", "passing_yards: .nan", "scoring.passing_yards", "finite"),
        ("  BENCH: 7", "  QB: 7", "slots.QB", "there twice"),
        ("timezone: America/New_York", "timezone: Mars", "timezone is 'Mars'", "America/New_York"),
    ],
)
def test_a_mistake_names_file_line_path_and_the_closest_name(
    tmp_path: Path, old: str, new: str, where: str, say: str
) -> None:
    message = load_changed(tmp_path, old, new)
    assert f"{tmp_path / 'mine.yaml'}, line {line_of(old)}: {where}" in message
    assert say in message


@pytest.mark.parametrize(
    ("old", "new", "say"),
    [
        ("teams: 12\n", "", "teams is missing"),
        ("budget: 250", "budget: 20", "budget 20 cannot pay 25 players"),
        ("  QB: 1\n", " QB: 1\n", "line 11: not valid YAML"),
        ("name: dynasty", "name: other_dynasty", "it must be 'mine'"),
        (DYNASTY[DYNASTY.index("description") :], "", "description is missing"),
    ],
)
def test_other_mistakes_are_one_sentence(tmp_path: Path, old: str, new: str, say: str) -> None:
    changed = DYNASTY.replace(old, new, 1)
    if "name: dynasty_half_ppr" in changed:
        changed = changed.replace("name: dynasty_half_ppr", "name: mine")
    (tmp_path / "mine.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigError, match="mine") as caught:
        load_profile("mine", Settings(leagues_dir=tmp_path))
    assert say in str(caught.value)


@pytest.mark.parametrize("text", ["", "- 1\n", "just words\n"])
def test_a_file_that_is_no_mapping_says_which_fields_it_needs(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="it must be a mapping of name, description"):
        load_profile("mine", Settings(leagues_dir=tmp_path))


def test_an_unknown_league_lists_those_that_exist() -> None:
    with pytest.raises(ConfigError, match="dynasty_half_ppr, redraft_ppr, superflex_tep"):
        load_profile("nope")


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", "a b", "", "x\n"])
def test_a_name_cannot_leave_the_folder(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a league name"):
        load_profile(name)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    settings = Settings(leagues_dir=tmp_path)
    file = tmp_path / "mine.yaml"
    text = DYNASTY.replace("name: dynasty_half_ppr", "name: mine")
    file.write_text(text, encoding="utf-8")
    assert load_profile("mine", settings).teams == 12
    file.write_text(text.replace("teams: 12", "teams: 10"), encoding="utf-8")
    assert load_profile("mine", settings).teams == 10
