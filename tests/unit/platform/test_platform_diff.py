"""Repo against server, without a server: which changes are seen, and how they read."""

from types import SimpleNamespace
from typing import Any

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform import manifest
from ff_analytics.platform.alerts import notifiers
from ff_analytics.platform.declared import files
from ff_analytics.platform.declared.changes import Change, Plan, compare, flatten
from ff_analytics.platform.state import automations, deployed, pools

VALUATION = "analytics/valuation"
ENTRY = manifest.load().deployments[0]
AUTOMATION = files.load().automations[0]
URL = "https://discord.com/api/webhooks/123/to-ken"


def both_sides() -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest's entry, wanted and found alike."""
    side = {VALUATION: (deployed.wanted(ENTRY), deployed.wanted_schedules(ENTRY))}
    return side, {VALUATION: (dict(side[VALUATION][0]), dict(side[VALUATION][1]))}


def test_equal_sides_are_in_step() -> None:
    changes, equal = deployed.differences(*both_sides())
    assert changes == []
    assert equal == 1


def test_a_missing_deployment_is_made_with_its_schedules() -> None:
    wanted, _ = both_sides()
    changes, _ = deployed.differences(wanted, {})
    assert [(c.kind, c.name, c.action) for c in changes] == [("deployment", VALUATION, "create")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "other"),
        ("tags", ["ff"]),
        ("entrypoint", "flows.analytics.template"),
        ("parameters", {"league": "x"}),
        ("concurrency limit", 2),
        ("collision strategy", "CANCEL_NEW"),
        ("job variable", None),
        ("work queue", "slow"),
    ],
)
def test_a_changed_field_is_named_with_both_values(field: str, value: object) -> None:
    wanted, found = both_sides()
    found[VALUATION][0][field] = value
    changes, _ = deployed.differences(wanted, found)
    assert [c.action for c in changes] == ["update"]
    assert changes[0].details[0].startswith(f"{field}: ")


@pytest.mark.parametrize("field", ["cron", "timezone", "parameters"])
def test_a_changed_schedule_is_an_update(field: str) -> None:
    wanted, found = both_sides()
    found[VALUATION][1]["daily"] = found[VALUATION][1]["daily"] | {field: "other"}
    changes, _ = deployed.differences(wanted, found)
    assert [(c.kind, c.name, c.action) for c in changes] == [
        ("schedule", f"{VALUATION} daily", "update")
    ]


def test_a_renamed_slug_is_made_and_its_old_self_removed() -> None:
    wanted, found = both_sides()
    found[VALUATION][1]["old"] = found[VALUATION][1].pop("daily")
    changes, _ = deployed.differences(wanted, found)
    assert [(c.name, c.action) for c in changes] == [
        (f"{VALUATION} daily", "create"),
        (f"{VALUATION} old", "remove"),
    ]


def test_what_left_the_manifest_is_to_be_removed() -> None:
    wanted, found = both_sides()
    found["analytics/gone"] = found[VALUATION]
    plan = Plan(changes=deployed.differences(wanted, found)[0])
    assert [c.name for c in plan.to_prune] == ["analytics/gone"]
    assert plan.to_apply == []


def test_new_parameters_of_a_flow_are_seen_but_not_printed() -> None:
    schema: dict[str, Any] = {"properties": {"league": {"type": "string"}}, "definitions": {}}
    wanted: Any = {VALUATION: (deployed.wanted(ENTRY, schema), {})}
    found: Any = {VALUATION: (deployed.wanted(ENTRY) | {"parameter schema": {}}, {})}
    changes, _ = deployed.differences(wanted, found)
    assert changes[0].details == ("parameter schema: the flow's parameters changed",)


def test_an_automation_survives_the_way_through_the_api() -> None:
    sent = automations.definition(AUTOMATION, None)
    trigger = sent["trigger"]
    back = sent | {
        "trigger": trigger
        | {
            "id": "x",
            "after": [],
            "within": float(trigger["within"]),
            "for_each": trigger["for_each"][::-1],
            "match": {k: [v] for k, v in trigger["match"].items()},
        }
    }
    changes, _ = compare(
        "automation", {"a": automations.fields(sent)}, {"a": automations.fields(back)}
    )
    assert changes == []


def test_a_condition_added_on_the_server_is_drift() -> None:
    sent = automations.fields(automations.definition(AUTOMATION, None))
    found = sent | {"trigger.match.prefect.resource.name": "only-this"}
    wanted = automations._comparable(sent, found)
    changes, _ = compare("automation", {"a": wanted}, {"a": found})
    assert changes[0].details == ('trigger.match.prefect.resource.name: "only-this" -> null',)


def test_a_changed_secret_is_seen_and_never_shown() -> None:
    block = files.load().blocks[0]
    stored = {"webhook_id": "123", "webhook_token": "other", "botname": block.botname}
    change = notifiers.difference(block, URL, stored)
    assert change is not None
    assert change.details == ("webhook_token differs from DISCORD_WEBHOOK_URL",)
    assert notifiers.difference(block, URL, stored | {"webhook_token": "to-ken"}) is None


def test_masked_secrets_and_unset_variables_are_no_drift() -> None:
    block = files.load().blocks[0]
    masked = {"webhook_id": "********", "webhook_token": "********", "botname": block.botname}
    assert notifiers.difference(block, URL, masked) is None
    assert notifiers.difference(block, None, None) is None


def test_pool_defaults_change_only_their_variables() -> None:
    template = {"variables": {"properties": {"command": {"default": None}, "env": {"default": {}}}}}
    changed = pools.template_with(template, {"command": "x"}, "p")
    assert changed["variables"]["properties"] == {
        "command": {"default": "x"},
        "env": {"default": {}},
    }
    with pytest.raises(ConfigError, match="no variable 'comand'"):
        pools.template_with(template, {"comand": "x"}, "p")


def test_only_declared_pool_fields_are_compared() -> None:
    pool = next(p for p in files.load().work_pools if p.name == "local-process-pool")
    properties = {"command": {"default": pool.defaults["command"]}, "env": {"default": {"A": "1"}}}
    on_server = SimpleNamespace(
        type=pool.type,
        description=pool.description,
        concurrency_limit=None,
        base_job_template={"variables": {"properties": properties}},
    )
    assert compare("p", {"p": pools._wanted(pool)}, {"p": pools._found(on_server)}) == ([], 1)


def test_the_plan_reads_like_a_diff() -> None:
    plan = Plan(
        changes=[
            Change(kind="block", name="a", action="create"),
            Change(kind="schedule", name="b", action="remove"),
        ],
        notes=["c is paused"],
    )
    lines = plan.text().splitlines()
    assert lines[0] == "+ block a"
    assert lines[1].startswith("- schedule b")
    assert lines[2:] == ["note: c is paused", "1 to create, 1 to remove."]


def test_nested_settings_become_dotted_names() -> None:
    assert flatten({"a": {"b": 1, "c": {}}, "d": [1]}) == {"a.b": 1, "a.c": {}, "d": [1]}
