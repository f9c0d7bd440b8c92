"""Options of `ff run`: words as people type them become values as the model takes them."""

import argparse

import pytest

from ff_analytics.cli.run import add_options
from ff_analytics.engine.products.registry import load


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lamar Jackson", ["Lamar Jackson"]),
        ('["Lamar Jackson", "A.J. Brindle"]', ["Lamar Jackson", "A.J. Brindle"]),
    ],
)
def test_one_item_of_a_list_needs_no_brackets(typed: str, meant: list[str]) -> None:
    parser = argparse.ArgumentParser()
    add_options(parser, load("cap-scenarios").params)
    assert parser.parse_args(["--cut", typed, "--season", "2026"]).cut == meant
