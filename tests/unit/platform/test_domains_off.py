"""Which deployments are paused with their domain, and which of the paused ones are resumed."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform.state import domains


@pytest.fixture(autouse=True)
def settings_of_before() -> Iterator[None]:
    yield
    get_settings.cache_clear()


def deployment(*tags: str, paused: bool = False) -> SimpleNamespace:
    return SimpleNamespace(tags=list(tags), paused=paused)


PRESENT = {
    "analytics/valuation": deployment("ff", "fantasy"),
    "ingest/meta-ads": deployment("ff", "marketing"),
    "ingest/google-ads": deployment("ff", "marketing", paused=True),
    "maintenance/nightly": deployment("ff", "maintenance"),
}


def changes(monkeypatch: pytest.MonkeyPatch, chosen: str, ours: list[str]) -> dict[str, str]:
    monkeypatch.setenv("FF_DOMAINS", chosen)
    get_settings.cache_clear()
    return {change.name: change.details[0] for change in domains.todo(PRESENT, ours)}


def test_deployments_of_a_domain_that_is_off_are_paused_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert changes(monkeypatch, "fantasy", []) == {
        "ingest/meta-ads": "paused: the domain marketing is switched off (FF_DOMAINS)"
    }


@pytest.mark.parametrize(
    ("ours", "resumed"), [(["ingest/google-ads"], ["ingest/google-ads"]), ([], [])]
)
def test_a_domain_that_is_on_again_resumes_what_was_paused_with_it_alone(
    monkeypatch: pytest.MonkeyPatch, ours: list[str], resumed: list[str]
) -> None:
    assert list(changes(monkeypatch, "", ours)) == resumed
    assert list(changes(monkeypatch, "fantasy,marketing", ours)) == resumed
