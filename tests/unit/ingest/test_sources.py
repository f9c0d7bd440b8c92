"""Sources are discovered, light to import, and explain wrong options."""

import subprocess
import sys
from datetime import date

import pytest

from ff_analytics.domains.fantasy.sources.nflverse.source import current_season
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.ingest import parse_options, registered
from ff_analytics.engine.sources import registry as sources


def test_helpers_are_not_sources() -> None:
    assert {"nflverse", "sample"} <= set(sources.names())
    assert not any(name.startswith(("_", "-")) for name in sources.names())


def test_an_unknown_source_lists_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r"no source 'nfl'. Sources: .*nflverse, .*sample"):
        sources.load("nfl")


@pytest.mark.parametrize("name", sources.names())
def test_a_descriptor_is_light_to_import(name: str) -> None:
    heavy = "{'polars', 'duckdb', 'httpx', 'dataframely', 'prefect', 'dbt'} & set(sys.modules)"
    code = (
        "import sys; from ff_analytics.engine.sources import registry; "
        f"registry.load({name!r}); print({heavy})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", sources.names())
def test_every_option_explains_itself(name: str) -> None:
    fields = sources.load(name).options.model_fields.values()
    assert all(field.description for field in fields)


def test_contracts_hold_their_keys_and_an_origin() -> None:
    for dataset in registered().values():
        assert set(dataset.contract.primary_key()) == set(dataset.keys), dataset.table


@pytest.mark.parametrize(
    ("today", "season"),
    [
        (date(2025, 9, 1), 2025),
        (date(2026, 8, 31), 2025),
        (date(2026, 2, 8), 2025),
        (date(2025, 12, 31), 2025),
    ],
)
def test_the_season_under_way(today: date, season: int) -> None:
    assert current_season(today) == season


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seasons": [1998]}, "seasons.0 is 1998; it must be at least 1999"),
        ({"seasons": []}, "seasons must contain 1 or more entries"),
        ({"season": [2023]}, r"season is unknown; did you mean seasons\?"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_options("nflverse", options)
