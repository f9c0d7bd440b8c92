"""Sleeper's scoring keys and slots in our words."""

import pytest

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.slots import SLOTS
from ff_analytics.domains.fantasy.sources.sleeper import rules
from ff_analytics.domains.fantasy.sources.sleeper.api import League


def league(slots: list[str], **scoring: float) -> League:
    return League(
        season="2026", total_rosters=12, roster_positions=slots, scoring_settings=dict(scoring)
    )


def test_every_target_of_the_mapping_is_a_category_or_slot_of_ours() -> None:
    targets = {
        name for names in (*rules._SCORING.values(), *rules._ON_TOP.values()) for name in names
    }
    assert targets <= set(CATEGORIES)
    assert set(rules._SLOTS.values()) <= set(SLOTS)


def test_keys_that_share_a_category_must_agree() -> None:
    found = rules.rules_of(league(["QB"], fgm_0_19=3, fgm_30_39=4), "mine", "1")
    assert found.profile["scoring"] == {"fg_made_0_39": 3.0}
    assert found.warnings == [
        "fgm_30_39 scores 4, but fg_made_0_39 is one category here: 3 is used"
    ]


def test_points_for_every_tackle_come_on_top_of_those_for_its_kind() -> None:
    scoring = rules.rules_of(league(["LB"], idp_tkl=1, idp_tkl_solo=0.5), "mine", "1")
    assert scoring.profile["scoring"] == {
        "def_tackles_solo": 1.5,
        "def_tackles_with_assist": 1.0,
        "def_tackle_assists": 1.0,
    }


def test_a_slot_without_a_counterpart_is_left_out_and_said() -> None:
    found = rules.rules_of(league(["QB", "DE", "HC"]), "mine", "1")
    assert found.profile["slots"] == {"QB": 1, "DL": 1}
    assert found.warnings == ["slot HC of the league has no counterpart here and is left out"]


@pytest.mark.parametrize(
    ("text", "name"), [("Harbour Dynasty: II", "harbour_dynasty_ii"), ("!!!", ""), ("Ü 1", "1")]
)
def test_a_name_for_the_file_from_any_name(text: str, name: str) -> None:
    assert rules.slug(text) == name
