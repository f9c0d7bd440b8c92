"""plan, apply and prune against a real server that people have changed by hand."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import BlockDocumentCreate, DeploymentUpdate
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.schemas.automations import AutomationCore

from blocks.stored import stored_credentials
from ff_analytics.platform import manifest
from ff_analytics.platform.alerts import block_types
from ff_analytics.platform.state import automations, deployed
from tests.integration.alerts.conftest import Alerting
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
PLATFORM = "platform"


@pytest.fixture(scope="module", autouse=True)
def without_probes(alerting: Alerting) -> None:
    """The probes of the other tests are, rightly, left-overs: remove them the proper way."""
    dry = alerting.script(PLATFORM, "prune", "--dry-run")
    assert "- deployment probe/killed" in dry.stdout
    asked = alerting.script(PLATFORM, "prune")
    assert asked.returncode == 1
    assert "--yes is needed" in asked.stderr
    done = alerting.script(PLATFORM, "prune", "--yes")
    assert f"Removed {len(alerting.probes)}." in done.stdout


def test_after_a_deploy_only_block_types_are_missing_and_alerts_a_warning(
    alerting: Alerting,
) -> None:
    plan = alerting.first_plan
    assert plan.returncode == 3, plan.stderr
    assert "DISCORD_WEBHOOK_URL is not set" in plan.stdout
    changes = [line for line in plan.stdout.splitlines() if line[:2] in ("+ ", "~ ", "- ")]
    assert changes == [f"+ block type {slug}" for slug in block_types.declared()]


def test_applying_twice_changes_nothing(alerting: Alerting) -> None:
    assert alerting.script(PLATFORM, "apply").stdout.strip() == "Nothing to change."
    plan = alerting.script(PLATFORM, "plan")
    assert plan.returncode == 0
    count = len(manifest.load().deployments)
    assert f"1 block, 5 automations, {count} deployments" in plan.stdout


async def paused() -> set[str]:
    async with get_client() as client:
        return {name for name, d in (await deployed.on_server(client)).items() if d.paused}


def test_deployments_of_a_domain_that_is_off_are_paused_and_resumed_with_it(
    alerting: Alerting,
) -> None:
    off = alerting.script(PLATFORM, "apply", FF_DOMAINS="fantasy")
    assert (
        "~ domain ingest/meta-ads\n    paused: the domain marketing is switched off" in off.stdout
    )
    unused = {"marketing", "content"}
    theirs = {e.name for e in manifest.load().deployments if unused & set(e.tags)}
    assert {name.partition("/")[2] for name in alerting.ask(paused())} == theirs
    again = alerting.script(PLATFORM, "apply", FF_DOMAINS="fantasy")
    assert "Nothing to change." in again.stdout
    assert "resumed: its domain is switched on again" in alerting.script(PLATFORM, "apply").stdout
    assert alerting.ask(paused()) == set()


def test_credentials_can_be_made_in_the_ui_and_are_found_by_name(alerting: Alerting) -> None:
    async def fill() -> None:
        async with get_client() as client:
            kind = await client.read_block_type_by_slug("klaviyo-credentials")
            schema = await client.get_most_recent_block_schema_for_block_type(kind.id)
            assert schema is not None
            made = BlockDocumentCreate(
                name="acme-klaviyo",
                data={"api_key": "planted", "base_url": ""},
                block_type_id=kind.id,
                block_schema_id=schema.id,
            )
            await client.create_block_document(made)

    async def found() -> dict[str, Any] | None:
        return await asyncio.to_thread(stored_credentials, "klaviyo-credentials", "acme-klaviyo")

    alerting.ask(fill())
    assert alerting.ask(found()) == {"api_key": "planted"}


async def change_by_hand() -> None:
    async with get_client() as client:
        present = await deployed.on_server(client)
        valuation, nflverse = present["analytics/valuation"], present["ingest/nflverse"]
        cron = CronSchedule(cron="1 1 * * *", timezone="UTC")
        await client.update_deployment_schedule(
            valuation.id, valuation.schedules[0].id, active=False
        )
        await client.update_deployment_schedule(
            nflverse.id, nflverse.schedules[0].id, schedule=cron
        )
        await client.pause_deployment(present["maintenance/nightly"].id)
        hello = present["workspace-check/hello"].id
        await client.update_deployment(hello, DeploymentUpdate(tags=["ff"], concurrency_limit=3))
        await client.request(
            "POST",
            "/deployments/{id}/schedules",
            path_params={"id": hello},
            json=[{"schedule": cron.model_dump(mode="json"), "active": True, "slug": "old"}],
        )
        ours = await automations.ours(client)
        crashed = ours["ff-run-crashed"]
        body = crashed.model_dump(mode="json", exclude={"id", "owner_resource"})
        body["trigger"]["within"] = 5
        await client.update_automation(crashed.id, AutomationCore.model_validate(body))
        await client.pause_automation(ours["ff-input-warned"].id)
        await client.delete_automation(ours["ff-watch"].id)
        body |= {"name": "ff-gone", "enabled": False}
        await client.create_automation(AutomationCore.model_validate(body))


async def state() -> dict[str, Any]:
    async with get_client() as client:
        present = await deployed.on_server(client)
        ours = await automations.ours(client)
        schedules = {n: [(s.slug, s.active) for s in d.schedules] for n, d in present.items()}
        return {
            "valuation": schedules["analytics/valuation"],
            "hello": schedules["workspace-check/hello"],
            "nightly paused": present["maintenance/nightly"].paused,
            "enabled": {name: a.enabled for name, a in ours.items()},
        }


def test_drift_is_shown_mended_and_pruned_and_pauses_stay(alerting: Alerting) -> None:
    alerting.ask(change_by_hand())
    plan = alerting.script(PLATFORM, "plan")
    assert plan.returncode == 3
    for words in (
        "~ schedule ingest/nflverse daily",
        '    cron: "1 1 * * *" -> "0 7 * * *"',
        "~ deployment workspace-check/hello",
        "    concurrency limit: 3 -> 1",
        '    tags: ["ff"] -> ["check", "ff"]',
        "- schedule workspace-check/hello old",
        "~ automation ff-run-crashed",
        "    trigger.within: 5.0 -> 3600",
        "+ automation ff-watch",
        "- automation ff-gone",
        "note: schedule analytics/valuation daily is paused; it stays so",
    ):
        assert words in plan.stdout, plan.stdout
    applied = alerting.script(PLATFORM, "apply")
    assert "Applied: 4 changes." in applied.stdout, applied.stdout
    assert "2 left-overs" in applied.stdout
    assert "Removed 2." in alerting.script(PLATFORM, "prune", "--yes").stdout
    assert alerting.script(PLATFORM, "plan").returncode == 0
    assert alerting.ask(state()) == {
        "valuation": [("daily", False)],
        "hello": [],
        "nightly paused": True,
        "enabled": {
            "ff-run-failed": True,
            "ff-run-failed-otherwise": True,
            "ff-run-crashed": True,
            "ff-watch": True,
            "ff-input-warned": False,
        },
    }


def test_the_block_is_prefects_own_and_found_by_name(alerting: Alerting) -> None:
    user, password = alerting.env["PREFECT_API_AUTH_STRING"].split(":")
    url = f"{alerting.env['PREFECT_API_URL']}/block_types/slug/discord-webhook/block_documents"
    with httpx.Client(auth=(user, password), trust_env=False) as client:
        found = client.get(f"{url}/name/ff-analytics-alerts").json()
    assert found["data"]["botname"] == "FF Analytics Bot"
    assert alerting.discord.name == "FF Analytics Bot"
    assert "*" in json.dumps(found["data"]["webhook_token"])


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PREFECT_API_AUTH_STRING": "admin:wrong"}, "does not let us in"),
        ({"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "No Prefect server answers"),
        ({"PREFECT_API_URL": "https://api.prefect.cloud/api/accounts/x"}, "PREFECT_API_KEY"),
        ({"DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1"}, "the token after"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    alerting: Alerting, env: dict[str, str], words: str
) -> None:
    done = alerting.script(PLATFORM, "plan", **env)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
