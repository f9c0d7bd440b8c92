"""What is asked of Klaviyo, and what the stand-in answers, is as Klaviyo's own SDK defines it.

The package klaviyo-api is downloaded once; see tests/vendors.py. Its models are those of revision
2026-10-15.
"""

import re
from datetime import date
from typing import Any

import pytest

from ff_analytics.demo.providers.klaviyo import FILTERS, ONE_CHANNEL, REVISION, Account, Klaviyo
from ff_analytics.domains.marketing.klaviyo.client import STATISTICS
from ff_analytics.domains.marketing.klaviyo.credentials import KlaviyoCredentials
from ff_analytics.engine.ingest import run_ingest
from tests import vendors
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
INCLUDED = {
    "campaign-audience": "AudienceResponseObjectResource",
    "campaign-message": "MessageResponseObjectResource",
}
ASKED = {
    "campaign-values-reports": "CampaignValuesRequestDTO",
    "flow-series-reports": "FlowSeriesRequestDTO",
}


def model(name: str) -> Any:
    """A model of the SDK; its file has the name in lower case with underscores."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return getattr(vendors.module(vendors.KLAVIYO, f"openapi_client.models.{words}"), name)


def unknown(kind: Any, value: Any, place: str = "") -> list[str]:
    """Fields of the value that the model does not name; the SDK itself ignores them."""
    fields = getattr(kind, "model_fields", None)
    if fields is None or not isinstance(value, dict):
        inner = [arg for arg in getattr(kind, "__args__", ()) if arg is not type(None)]
        values = value if isinstance(value, list) else [value]
        return [found for arg in inner[:1] for one in values for found in unknown(arg, one, place)]
    known = {field.alias or name: field.annotation for name, field in fields.items()}
    wrong = [f"{place}.{name}" for name in value if name not in known]
    for name, kind_of in known.items():
        if value.get(name) is not None:
            wrong += unknown(kind_of, value[name], f"{place}.{name}")
    return wrong


@pytest.fixture
def loaded(klaviyo: Klaviyo, tenants: Tenants) -> Klaviyo:
    """Everything that is read of Klaviyo was read once."""
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    for number, channel in enumerate(("email", "whatsapp")):
        account.send(f"01{number}", "2026-03-09T15:00:00+00:00", channel=channel)
    account.send("02", "")
    account.flow("F1")
    account.bring("F1", date(2026, 3, 8), opens=3)
    entry = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"klaviyo": [entry]})
    for source in ("klaviyo-campaigns", "klaviyo-flows"):
        run_ingest(source, MARCH)
    return klaviyo


def test_the_default_revision_is_that_of_the_sdk() -> None:
    text = (vendors.unpacked(vendors.KLAVIYO) / "klaviyo_api" / "wrapper.py").read_text()
    assert re.findall(r'_REVISION = "([^"]+)"', text) == [REVISION]
    assert KlaviyoCredentials.model_fields["revision"].default == REVISION


def test_each_answer_is_one_of_klaviyos_own(loaded: Klaviyo) -> None:
    names = {name for _, name, _ in loaded.sent}
    assert len(names) == 5
    for _, name, body in loaded.sent:
        kind = model(name)
        kind.model_validate(body)
        assert unknown(kind, body) == []
        for part in body.get("included", []):
            inner = model(INCLUDED[part["type"]])
            inner.model_validate(part)
            assert unknown(inner, part) == []


def test_each_report_is_asked_for_as_klaviyo_defines(loaded: Klaviyo) -> None:
    for path, name in ASKED.items():
        (seen,) = loaded.faults.asked(path)
        kind = model(name)
        kind.model_validate(seen.json)
        assert unknown(kind, seen.json) == []
    assert set(STATISTICS) <= set(seen.json["data"]["attributes"]["statistics"])


@pytest.mark.parametrize(
    ("path", "module", "function"),
    [
        ("api/campaigns", "campaigns_api", "get_campaigns"),
        ("api/flows", "flows_api", "get_flows"),
    ],
)
def test_each_list_is_asked_for_with_klaviyos_parameters(
    loaded: Klaviyo, path: str, module: str, function: str
) -> None:
    found = vendors.module(vendors.KLAVIYO, f"openapi_client.api.{module}")
    api = next(kind for name, kind in vars(found).items() if name.endswith("sApi"))
    asked = getattr(api, function)
    known = asked.__wrapped__.__annotations__ if hasattr(asked, "__wrapped__") else {}
    text = str(known.get("filter") or asked.__annotations__["filter"])
    filters = set(re.findall(r"`([a-z_.]+)`: `", text))
    for seen in (s for s in loaded.faults.asked(path) if s.path == f"/{path}"):
        names = {re.sub(r"\[(\w+)\]", r"_\1", name) for name in seen.query}
        assert names <= set(known or asked.__annotations__)
        assert set(re.findall(r"\(([a-z_.]+),", seen.query["filter"])) <= filters
    if function == "get_campaigns":
        assert filters == FILTERS[REVISION]
        assert filters != FILTERS[ONE_CHANNEL]
