"""Workarounds are checked against the installed Prefect; those with `check="test"` are needed."""

import asyncio
import re
from datetime import UTC, datetime
from importlib.metadata import version
from unittest.mock import Mock

import pytest
import requests
from prefect.blocks.notifications import DiscordWebhook
from prefect.cli.deploy._models import PrefectYamlModel
from prefect.events.schemas.automations import AutomationCore
from prefect.server.schemas.schedules import CronSchedule
from prefect.settings.models.flows import FlowsSettings
from prefect.settings.models.server.concurrency import ServerConcurrencySettings
from pydantic import SecretStr

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.prefect_workarounds import CHECKED_ON, WORKAROUNDS, Workaround


def test_the_installed_release_is_the_one_that_was_checked() -> None:
    pinned = re.search(r'"prefect==([^"]+)"', (PROJECT_ROOT / "pyproject.toml").read_text())
    named = re.search(r"prefect-version: (\S+)", (PROJECT_ROOT / "prefect.yaml").read_text())
    assert pinned is not None
    assert named is not None
    assert (version("prefect"), pinned[1], named[1]) == (CHECKED_ON,) * 3, (
        "Check each entry of platform/prefect_workarounds.py on the installed release."
    )


@pytest.mark.parametrize("entry", WORKAROUNDS, ids=lambda entry: entry.name)
def test_each_place_exists(entry: Workaround) -> None:
    for file, word in entry.places:
        assert word in (PROJECT_ROOT / file).read_text(), f"{file} has no {word}"


def test_cron_schedules_yield_dates_across_daylight_saving() -> None:
    schedule = CronSchedule(cron="0 9 * * *", timezone="America/New_York")
    start = datetime(2027, 3, 12, 18, tzinfo=UTC)
    dates = asyncio.run(schedule.get_dates(3, start=start))
    assert [date.astimezone(UTC).isoformat() for date in dates] == [
        "2027-03-13T14:00:00+00:00",
        "2027-03-14T13:00:00+00:00",
        "2027-03-15T13:00:00+00:00",
    ]


def test_leases_are_kept_in_memory_by_default() -> None:
    fields = ServerConcurrencySettings.model_fields
    assert fields["lease_storage"].default.endswith(".memory")


def test_the_default_heartbeat_is_minutes_apart() -> None:
    assert FlowsSettings.model_fields["heartbeat_frequency"].default >= 120


def test_a_mistyped_key_of_the_manifest_is_ignored() -> None:
    taken = PrefectYamlModel.model_validate({"deployments": [{"name": "x", "schedulse": []}]})
    assert taken.deployments


def test_a_mistyped_expect_is_taken_and_matches_every_event() -> None:
    trigger = {"type": "event", "posture": "Reactive", "expct": ["a"], "threshold": 1, "within": 0}
    taken = AutomationCore.model_validate({"name": "x", "trigger": trigger, "actions": []})
    assert taken.trigger.model_dump()["expect"] == set()


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it
def test_a_discord_message_does_not_carry_the_bot_name(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Mock(return_value=Mock(status_code=204, content=b"", headers={}))
    monkeypatch.setattr(requests, "post", post)
    block = DiscordWebhook(
        webhook_id=SecretStr("1" * 18), webhook_token=SecretStr("a" * 20), botname="the-bot"
    )
    block.notify("body", "subject")  # type: ignore[unused-coroutine]  # sync here
    (call,) = post.call_args_list
    assert "body" in str(call)
    assert "the-bot" not in str(call)
