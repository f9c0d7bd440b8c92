"""The alert messages themselves, rendered by Prefect's own template engine."""

from typing import Any

import pytest
from prefect.server.events.actions import SendNotification
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.utilities.user_templates import render_user_template_sync
from prefect.types._datetime import now

from ff_analytics.engine.base.errors import ContractViolation, failure_line
from ff_analytics.platform.declared import files, template

MESSAGES = {a.name: template.clamped(a.message) for a in files.load().automations}


def rendered(automation: str, labels: dict[str, str], payload: dict[str, Any] | None = None) -> str:
    """What the server would send for such an event; the flow run itself is gone already."""
    event = ReceivedEvent(
        occurred=now("UTC"),
        event="x",
        resource={"prefect.resource.id": "x.1", "prefect.resource.name": "sly-otter", **labels},
        related=[
            {"prefect.resource.id": f"p.{role}", "prefect.resource.role": role}
            | {"prefect.resource.name": name}
            for role, name in (("flow", "analytics"), ("deployment", "valuation"))
        ],
        payload=payload or {},
        id="00000000-0000-0000-0000-000000000001",
    )
    SendNotification._register_filters_if_needed()
    context = {"event": event, "flow_run": None}
    return render_user_template_sync(MESSAGES[automation], context)


def failed(message: str) -> str:
    return rendered("ff-run-failed", {"prefect.state-message": message})


@pytest.mark.parametrize(
    ("message", "sign", "words"),
    [
        ("compute: contract: vor x 3", "🔴", "failed in compute (contract)"),
        ("build-dbt-marts: dbt: test t failed", "🔴", "failed in build-dbt-marts (dbt)"),
        ("ingest-check: stale-input: 3 days old", "⚠️", "failed in ingest-check (stale-input)"),
        ("nflverse: source: 404", "⚠️", "Run it again once the provider answers"),
        ("parameters: configuration: no league", "⚠️", "Correct what is named"),
        ("write-parquet: shrunk-output: 9 to 1", "⚠️", "confirm it once with accept_shrunk"),
        ("compute: KeyError: 'x'", "🚨", "failed in compute (KeyError)"),
        ("Flow run encountered an exception: DbtFailure: t", "🔴", "failed in flow (DbtFailure)"),
        ("Flow run encountered an exception: ValueError: x", "🚨", "failed in flow (ValueError)"),
        ("Flow run exceeded timeout of 1.0 second(s)", "🚨", "valuation** failed\n"),
    ],
)
def test_the_kind_chooses_sign_and_advice(message: str, sign: str, words: str) -> None:
    text = failed(message)
    assert text.startswith(f"{sign} **analytics/valuation** failed")
    assert words in text
    assert "**Do:** " in text


def test_what_our_flows_say_is_understood() -> None:
    text = failed(failure_line("compute", ContractViolation("valuation: vor x 3: see\nmore")))
    assert text.startswith("🔴 **analytics/valuation** failed in compute (contract)")
    assert "`valuation: vor x 3: see`" in text


@pytest.mark.parametrize("automation", sorted(MESSAGES))
@pytest.mark.parametrize("text", ["", "x" * 20_000, "a: b: " + "`@everyone`\n" * 900, "🙂" * 5000])
def test_every_message_renders_within_the_limit(automation: str, text: str) -> None:
    payload = dict.fromkeys(("kind", "subject", "message", "what_to_do"), text)
    sent = rendered(automation, {"prefect.state-message": text}, payload)
    assert 0 < len(sent) <= template.LIMIT
    assert "@everyone" not in sent


@pytest.mark.parametrize("automation", sorted(MESSAGES))
def test_an_event_without_anything_still_gives_a_message(automation: str) -> None:
    assert rendered(automation, {})


def test_the_watch_tells_kind_count_and_what_to_do() -> None:
    finding = {"kind": "late", "subject": "s", "message": "7 minutes overdue.", "count": 3}
    text = rendered("ff-watch", {}, finding | {"what_to_do": "Start a worker."})
    assert text == "🚨 late: 7 minutes overdue. (3 times)\n**Do:** Start a worker."


def test_what_our_flows_say_fits_the_index_of_a_postgres_server() -> None:
    line = failure_line("compute", ContractViolation("🙂" * 5000))
    assert line.startswith("compute: contract: 🙂")
    assert len(line.encode()) < 2500
