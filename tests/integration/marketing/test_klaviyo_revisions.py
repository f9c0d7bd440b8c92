"""Klaviyo's revisions: both shapes of campaigns, channels without a filter, an ended revision."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from ff_analytics.demo.providers.klaviyo import ONE_CHANNEL, REVISION, Account, Klaviyo
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests import vendors
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}


@pytest.fixture
def acme(klaviyo: Klaviyo, tenants: Tenants) -> Account:
    """Campaigns by email, SMS, push and WhatsApp."""
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    for number, channel in enumerate(("email", "sms", "mobile_push", "whatsapp")):
        account.send(f"01{number}", "2026-03-09T15:00:00+00:00", channel=channel)
    entry = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"klaviyo": [entry]})
    return account


def load() -> IngestionSummary:
    return run_ingest("klaviyo-campaigns", MARCH)


def messages(columns: str) -> list[tuple[Any, ...]]:
    return lake.read(
        f"SELECT {columns} FROM raw_klaviyo.campaign_values v LEFT JOIN raw_klaviyo.campaigns c "
        "USING (tenant, campaign_id) ORDER BY campaign_id, send_channel"
    ).rows()


def test_every_channel_is_listed_dated_and_kept(acme: Account) -> None:
    summary = load()
    assert summary.warnings == ()
    assert messages("send_channel, send_date") == [
        (channel, date(2026, 3, 9)) for channel in ("email", "sms", "push-notification", "whatsapp")
    ]


def test_the_channels_of_one_campaign_are_rows_of_their_own(acme: Account) -> None:
    acme.further["010"] = {"whatsapp": {"clicks": 7.0, "conversion_value": 12.5}}
    load()
    assert messages("campaign_id, send_channel, clicks")[:2] == [
        ("010", "email", 40),
        ("010", "whatsapp", 7),
    ]


def test_a_campaign_of_a_list_without_a_filter_is_kept_undated_and_said(
    acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", ONE_CHANNEL)
    (warning,) = load().warnings
    assert "1 messages (whatsapp) have results and no day of sending" in warning
    assert "conversion value of 149.97" in warning
    assert messages("send_channel, send_date, conversion_value")[3] == (
        "whatsapp",
        None,
        Decimal("149.97"),
    )


def test_a_newer_revision_dates_what_was_kept_undated(
    acme: Account, monkeypatch: pytest.MonkeyPatch, klaviyo: Klaviyo
) -> None:
    klaviyo.reports_a_minute = 9
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", ONE_CHANNEL)
    load()
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", REVISION)
    assert load().warnings == ()
    assert messages("send_date")[3] == (date(2026, 3, 9),)


@pytest.mark.parametrize("served", [REVISION, ONE_CHANNEL])
def test_a_revision_that_falls_forward_is_read_and_said(
    acme: Account, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch, served: str
) -> None:
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", "2024-02-15")
    klaviyo.falls_forward_to = served
    summary = load()
    assert f"answered with revision {served} although 2024-02-15 was requested" in str(
        summary.warnings
    )
    assert messages("send_date")[:3] == [(date(2026, 3, 9),)] * 3


def test_a_revision_that_is_refused_ends_the_account(
    acme: Account, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", "2022-10-17")
    with pytest.raises(SourceError, match="This revision has ended: set a newer one"):
        load()
    assert len(klaviyo.faults.journal) == 1


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: what is nullable may be null, and two branches may fit."""
    if isinstance(node, list):
        return [_as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    read = {("anyOf" if k == "oneOf" else k): _as_json_schema(v) for k, v in node.items()}
    return {"anyOf": [read, {"type": "null"}]} if node.get("nullable") is True else read


def test_the_stand_in_answers_as_the_vendors_schema_says(
    acme: Account, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = "stable.json of that revision from https://github.com/klaviyo/openapi"
    file = vendors.document(f"klaviyo-openapi-{ONE_CHANNEL}.json", origin)
    schema = _as_json_schema(json.loads(file.read_text()))
    monkeypatch.setenv("ACME_KLAVIYO_REVISION", ONE_CHANNEL)
    load()
    assert {name for _, name, _ in klaviyo.sent} >= {"PostCampaignValuesResponseDTO"}
    for _, name, body in klaviyo.sent:
        root = {**schema, "$ref": f"#/components/schemas/{name}"}
        jsonschema.Draft202012Validator(root).validate(body)
