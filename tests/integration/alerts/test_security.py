"""Who is let in, and that no secret comes out: through server, worker, scripts and alerts."""

import httpx
import pytest
from prefect.client.schemas.objects import FlowRun

from ff_analytics.platform.processes import services
from tests.fakes.planted import PLANTED, files, leaks
from tests.integration.alerts.conftest import Alerting
from tests.integration.alerts.test_delivery import ended, start_by_name
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
OPEN = ("/flows/filter", "/block_documents/filter", "/flow_runs/filter", "/variables/filter")


def answers(alerting: Alerting, path: str, login: str | None) -> int:
    auth = httpx.BasicAuth("admin", login) if login else None
    url = alerting.env["PREFECT_API_URL"] + path
    with httpx.Client(trust_env=False, auth=auth) as client:
        return client.post(url, json={}).status_code


@pytest.mark.parametrize("path", OPEN)
def test_the_api_lets_in_who_has_the_login(alerting: Alerting, path: str) -> None:
    assert answers(alerting, path, None) == 401
    assert answers(alerting, path, "wrong") == 401
    assert answers(alerting, path, PLANTED["login"]) == 200


def test_the_ui_is_a_shell_that_asks_for_the_login(alerting: Alerting) -> None:
    with httpx.Client(trust_env=False) as client:
        page = client.get(alerting.ui + "/", follow_redirects=True)
        settings = client.get(alerting.ui + "/ui-settings")
    assert page.status_code == 200
    assert settings.json()["auth"] == "BASIC"
    assert not [word for word in PLANTED.values() if word in page.text + settings.text]


def test_another_site_may_not_ask_from_the_users_browser(alerting: Alerting) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.options(
            alerting.env["PREFECT_API_URL"] + "/flows/filter",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
        )
    assert answer.headers.get("access-control-allow-origin") in (None, alerting.ui)


@pytest.mark.parametrize(
    ("words", "login"),
    [
        ("deployment ls", ""),
        ("worker start --pool local-process-pool --run-once", "admin:wrong"),
    ],
)
def test_commands_and_workers_need_it_too(alerting: Alerting, words: str, login: str) -> None:
    env = {**alerting.env, "PREFECT_API_AUTH_STRING": login}
    done = services.prefect(words.split(), env)
    assert done.returncode != 0
    assert "401" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def broken(alerting: Alerting) -> list[FlowRun]:
    """Runs through the worker that fail on the database whose password must not come out."""
    names = ["ingest/sample", "analytics/template", "maintenance/nightly"]
    return alerting.ask(ended(alerting.ask(start_by_name(names))))


def test_runs_on_an_unreachable_database_fail_with_a_sentence(broken: list[FlowRun]) -> None:
    for run in broken:
        assert run.state is not None
        assert run.state.is_failed(), run.state
        assert "Postgres catalog" in (run.state.message or ""), run.state.message


def test_no_planted_secret_is_left_behind_anywhere(
    alerting: Alerting, broken: list[FlowRun]
) -> None:
    """Server database, logs, artifacts, results, blocks, reports, quarantine: all of the folder."""
    said = [
        alerting.script(command, *words)
        for command, words in (
            ("doctor", ("--json",)),
            ("platform", ("plan",)),
            ("watch", ("--once",)),
            ("run", ("ingest/sample",)),
            ("sql", ("SELECT 1",)),
            ("backfill", ("nflverse", "--seasons", "2020")),
        )
    ]
    places = files(alerting.folder)
    places |= {" ".join(done.args[2:]): f"{done.stdout}{done.stderr}".encode() for done in said}
    places["alerts"] = "\n".join(alerting.discord.arrived()).encode()
    assert leaks(places) == []
    assert len(places) > 20
