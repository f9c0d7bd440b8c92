"""The same door serves API answers."""

import pytest

from ff_analytics.engine.base.errors import SourceMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.client import get
from ff_analytics.engine.http.traffic import Traffic
from tests.fakes.release_server import ReleaseServer


def test_an_answer_after_a_throttle(server: ReleaseServer, lake_settings: Settings) -> None:
    (server.folder / "state.json").write_text('{"season": 2023}')
    server.fail("state", status=429, times=1)
    traffic = Traffic()
    answer = get(f"{server.url}/state.json", settings=lake_settings, traffic=traffic)
    assert answer.json() == {"season": 2023}
    assert (traffic.calls, traffic.retries) == (2, 1)


def test_what_is_not_there_is_asked_for_once(
    server: ReleaseServer, lake_settings: Settings
) -> None:
    with pytest.raises(SourceMissing):
        get(f"{server.url}/no.json", settings=lake_settings, traffic=Traffic())
    assert len(server.journal) == 1
