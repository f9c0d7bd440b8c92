"""Jira's tokens with scopes go through Atlassian's gateway; Google's quota of reads is kept."""

import os
from typing import Any

import pytest

from blocks.providers import JiraCredentialsBlock
from ff_analytics.domains.content.jira.credentials import JiraCredentials
from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
from ff_analytics.domains.content.sheet.google import Google
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import AuthError, ConfigError
from ff_analytics.engine.http.credentials import resolve
from ff_analytics.engine.http.traffic import Traffic
from tests.integration.content.conftest import Content

CLOUD = "8594f221-9797-5f78-1fa4-485e198d7cd0"


@pytest.fixture
def gateway(content: Content, monkeypatch: pytest.MonkeyPatch) -> Content:
    """Credentials of a service account: the site is never reached, only its gateway."""
    content.jira.cloud_id = CLOUD
    monkeypatch.setenv("JIRA_GATEWAY_URL", os.environ["JIRA_URL"])
    monkeypatch.setenv("JIRA_URL", "https://kopi.atlassian.net")
    monkeypatch.setenv("JIRA_CLOUD_ID", CLOUD)
    return content


def paths(content: Content) -> set[str]:
    return {seen.path for seen in content.jira.faults.journal}


@pytest.mark.parametrize("named", [True, False], ids=["account and token", "token alone"])
def test_a_scoped_token_goes_through_the_gateway_and_links_stay_on_the_site(
    gateway: Content, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    if not named:
        monkeypatch.delenv("JIRA_USERNAME")
    result = gateway.run()
    assert {row["url"] for row in result["data"]} == {
        f"https://kopi.atlassian.net/browse/{key}" for key in gateway.jira.issues
    }
    assert all(path.startswith(f"/ex/jira/{CLOUD}/") for path in paths(gateway))
    ledger = lake.read("SELECT DISTINCT site FROM content.jira_issue_ledger")
    assert ledger.rows() == [("https://kopi.atlassian.net",)]


def test_a_move_to_the_gateway_creates_no_issue_twice(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert content.counts() == {"created": 3}
    content.jira.cloud_id = CLOUD
    content.jira.site = os.environ["JIRA_URL"]
    monkeypatch.setenv("JIRA_GATEWAY_URL", os.environ["JIRA_URL"])
    monkeypatch.setenv("JIRA_CLOUD_ID", CLOUD)
    assert content.counts() == {"exists": 3}


def test_the_cloud_id_of_another_site_writes_nothing(gateway: Content) -> None:
    gateway.jira.site = "https://other.atlassian.net"
    gateway.run()
    assert isinstance(gateway.error, AuthError)
    assert "belongs to https://other.atlassian.net, not to https://kopi.atlassian.net" in str(
        gateway.error
    )
    assert paths(gateway) == {f"/ex/jira/{CLOUD}/rest/api/3/serverInfo"}


def test_a_scoped_token_without_a_cloud_id_is_told_what_is_missing(content: Content) -> None:
    content.jira.cloud_id = CLOUD
    content.run()
    assert "needs JIRA_CLOUD_ID" in str(content.error)
    assert len(content.jira.faults.journal) == 1


def test_a_token_without_scopes_at_the_gateway_is_told_which(gateway: Content) -> None:
    gateway.jira.login = "another"
    gateway.run()
    assert "has it the scopes read:jira-work, write:jira-work" in str(gateway.error)
    assert "jira-s3cret" not in str(gateway.error)


def test_a_block_of_a_service_account_connects(gateway: Content) -> None:
    block = JiraCredentialsBlock(
        url="https://kopi.atlassian.net",
        token="jira-s3cret",
        cloud_id=CLOUD,
        gateway_url=os.environ["JIRA_GATEWAY_URL"],
    )
    assert block.test_connection()["account"] == "Plan Bot"


def test_a_token_without_an_account_needs_the_gateway(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JIRA_USERNAME")
    with pytest.raises(ConfigError, match="give the username"):
        content.run()


@pytest.mark.parametrize("wrong", ["../../admin", "a/b", "a?b"])
def test_a_cloud_id_is_no_path(
    content: Content, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("JIRA_CLOUD_ID", wrong)
    with pytest.raises(ConfigError, match="JIRA_CLOUD_ID"):
        resolve(JiraCredentials, "jira")


def test_reads_of_sheets_keep_to_googles_quota(content: Content) -> None:
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def clock() -> float:
        return now[0]

    content.google.reads_a_minute, content.google.clock = 60, clock
    access = resolve(GoogleWorkspaceCredentials, "google")
    assert access is not None
    traffic = Traffic()
    google: Any = Google(access, content.settings, traffic, sleep=sleep, clock=clock)
    for _ in range(150):
        google.sheet_names("plan-1")
    assert traffic.retries == 0
    assert now[0] - 1000 == pytest.approx(130 * 60 / 39, rel=0.01)
