"""Which runs are official: the deployment's own parameters, whatever the league and the day."""

from typing import Any

import pytest

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.run import start

TRAILING = {"basis": "trailing"}


@pytest.mark.parametrize(
    ("own", "given", "official"),
    [
        ({}, {}, True),
        ({}, {"league": "redraft_ppr", "snapshot_date": "2026-02-01"}, True),
        ({}, {"accept_shrunk": True}, True),
        ({}, {"season": 2021}, False),
        ({}, {"baseline": "vorp"}, False),
        ({}, {"as_of": "2026-02-01"}, False),
        ({"league": "redraft_ppr"}, {"league": "superflex_tep"}, True),
        (TRAILING, TRAILING, True),
        (TRAILING, {}, False),
        ({"no_such": 1}, {}, False),
    ],
)
def test_the_deployments_own_parameters_are_official(
    own: dict[str, Any], given: dict[str, Any], official: bool, lake_settings: Settings
) -> None:
    assert start("valuation", given, own=own, settings=lake_settings).official is official


def test_a_tenant_is_official_and_another_window_is_not(lake_settings: Settings) -> None:
    def official(**given: Any) -> bool:
        return start("channel-performance", given, settings=lake_settings).official

    assert official(tenant="acme")
    assert not official(days=30)
