"""Options of `ff run`: words as people type them become values as the model takes them."""

from collections.abc import Mapping
from typing import Any

import pytest
from cyclopts import CycloptsError

from ff_analytics.cli.options import parse
from ff_analytics.engine.products.registry import load


def given(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def run(options: Mapping[str, Any]) -> int:
        found.update(options)
        return 0

    parse("ff run cap-scenarios", words, load("cap-scenarios").params, run, about="")
    return found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lamar Jackson", ["Lamar Jackson"]),
        ('["Lamar Jackson", "A.J. Brindle"]', ["Lamar Jackson", "A.J. Brindle"]),
    ],
)
def test_one_item_of_a_list_needs_no_brackets(typed: str, meant: list[str]) -> None:
    assert given("--cut", typed, "--season", "2026") == {"cut": meant, "season": 2026}


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--accept-shrunk"], True),
        (["--accept-shrunk", "true"], True),
        (["--accept-shrunk=false"], False),
        (["--accept-shrunk", "false"], False),
    ],
)
def test_a_switch_may_be_typed_with_or_without_its_value(words: list[str], meant: bool) -> None:
    assert given(*words, "--season=2026") == {"accept_shrunk": meant, "season": 2026}


def test_options_that_are_not_given_stay_with_the_model() -> None:
    assert given() == {}


def test_a_misspelt_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(CycloptsError, match=r"--seasn.*--season"):
        given("--seasn", "2026")
