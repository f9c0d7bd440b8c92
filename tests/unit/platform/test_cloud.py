"""Settings for Prefect Cloud: what cannot work is said before anything is asked."""

import pytest
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
    get_current_settings,
    temporary_settings,
)

from ff_analytics.platform.api import cloud
from ff_analytics.platform.declared import files

ID = "0b5c1cf5-5a6e-4d21-9d0c-94d1b0b6a4ce"
WORKSPACE = f"https://api.prefect.cloud/api/accounts/{ID}/workspaces/{ID}"
PAGE = f"https://app.prefect.cloud/account/{ID}/workspace/{ID}"


@pytest.mark.parametrize(
    ("url", "key", "login", "words"),
    [
        (WORKSPACE, "pnu_x", None, None),
        (WORKSPACE + "/", "pnu_x", None, None),
        ("http://127.0.0.1:4200/api", None, "admin:x", None),
        (WORKSPACE, None, None, "PREFECT_API_KEY is not set"),
        # Prefect prefers the login, which a laptop's .env has: the key would never be sent.
        (WORKSPACE, "pnu_x", "admin:x", "instead of PREFECT_API_KEY"),
        ("https://api.prefect.cloud/api", "pnu_x", None, "names no workspace"),
    ],
)
def test_what_cannot_work_is_one_sentence(
    url: str, key: str | None, login: str | None, words: str | None
) -> None:
    settings = {PREFECT_API_URL: url, PREFECT_API_KEY: key, PREFECT_API_AUTH_STRING: login}
    with temporary_settings(settings):
        said = cloud.misconfigured()
    assert (said is None) if words is None else (words in (said or ""))
    assert "pnu_x" not in (said or "")


def test_links_in_late_alerts_lead_to_the_workspaces_pages() -> None:
    with temporary_settings({PREFECT_API_URL: WORKSPACE}):
        assert get_current_settings().ui_url == PAGE


@pytest.mark.parametrize("name", cloud.event_names("automation.action.executed"))
def test_no_automation_may_react_to_its_own_deliveries(name: str) -> None:
    with pytest.raises(ValueError, match="own deliveries"):
        files.Trigger(
            expect=[name], match={"prefect.resource.id": "ff.*"}, for_each=["prefect.resource.id"]
        )
