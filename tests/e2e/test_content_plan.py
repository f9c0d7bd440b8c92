"""A content plan through server and worker, with credentials in blocks."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import yaml

from ff_analytics.demo.providers.serving import serve
from tests.e2e.conftest import Platform, api
from tests.fakes.google_workspace import GoogleWorkspace
from tests.fakes.jira import Jira
from tests.integration.content.conftest import plan, profile
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
NAME = "content-plan-to-jira/content-plan"

SAVE = """
import sys
from blocks.providers import GoogleWorkspaceCredentialsBlock, JiraCredentialsBlock
google, jira = sys.argv[1:]
GoogleWorkspaceCredentialsBlock(client_id="client", client_secret="client-s3cret",
    refresh_token="refresh-s3cret", base_url=google, drive_url=google,
    token_url=google + "/token").save("google")
JiraCredentialsBlock(url=jira, username="bot@example.org", token="jira-s3cret").save("jira")
"""
RESULT = """
import json, sys
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    state = client.read_flow_run(sys.argv[1]).state
print(json.dumps(state.result(raise_on_failure=False)))
"""


@pytest.fixture(scope="module")
def providers(platform: Platform) -> Iterator[tuple[GoogleWorkspace, Jira]]:
    google, jira = GoogleWorkspace(), Jira()
    google.sheets["plan-1"] = {"Sheet1": plan(3)}
    (platform.root / "content/e2e.yaml").write_text(yaml.safe_dump(profile()))
    with ExitStack() as stack:
        at = stack.enter_context(serve(google.app(), google.faults))
        site = stack.enter_context(serve(jira.app(), jira.faults))
        platform.python(SAVE, at, site)
        yield google, jira


def test_by_default_it_checks_and_then_creates_each_row_once(
    platform: Platform, providers: tuple[GoogleWorkspace, Jira]
) -> None:
    _, jira = providers
    assert "Completed" in platform.run(NAME, profile="e2e")
    assert jira.posts == []
    platform.run(NAME, profile="e2e", validate_only="false")
    assert (len(jira.issues), jira.posts) == (3, [3])
    tables = api(platform, "/artifacts/filter", artifacts={"key": {"any_": ["content-plan-1"]}})
    assert any("/browse/CP-1" in table["data"] for table in tables)
    tasks = {run["name"].rsplit("-", 1)[0] for run in api(platform, "/task_runs/filter")}
    assert {"google.sheets.read-data", "jira.issue.search", "jira.issue.bulk-create"} <= tasks


def test_what_failed_ends_failed_with_its_result(
    platform: Platform, providers: tuple[GoogleWorkspace, Jira]
) -> None:
    google, _ = providers
    google.sheets["plan-1"]["Sheet1"][3][2] = "besok"
    run = platform.ended(NAME, profile="e2e", validate_only="false")
    assert run["state_type"] == "FAILED"
    assert run["state"]["message"].startswith("create: source: 1 of 3 rows were not written")
    result = json.loads(platform.python(RESULT, run["id"]))
    assert (result["summary"]["invalid"], result["summary"]["rows"]) == (1, 3)
    assert {"start_time", "end_time", "data", "summary", "error"} <= result.keys()
