"""Credentials, log in, the check command, and the stand-in against the vendor's own schema."""

import json
import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import jsonschema
import pytest

from blocks.providers import GoogleWorkspaceCredentialsBlock, JiraCredentialsBlock
from ff_analytics.cli.main import main as ff
from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
from ff_analytics.domains.content.sheet.login import login
from ff_analytics.engine.base.errors import AuthError, ConfigError
from ff_analytics.engine.http.credentials import resolve
from tests import vendors
from tests.integration.content.conftest import Content, plan
from tests.waiting import PATIENCE

CREATEMETA = "createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}"


def test_blocks_say_whether_they_connect(content: Content) -> None:
    jira = JiraCredentialsBlock(
        url=content_url("JIRA_URL"), username="bot@example.org", token="jira-s3cret"
    )
    assert jira.test_connection() | {"latency_ms": 0} == {
        **{"ok": True, "account": "Plan Bot", "latency_ms": 0, "error": None}
    }
    content.jira.login = "other"
    refused = jira.test_connection()
    assert refused["ok"] is False
    assert "refuses the credentials" in refused["error"]
    assert "s3cret" not in str(refused) + repr(jira)


def content_url(name: str) -> str:
    import os

    return os.environ[name]


def test_google_takes_a_token_file_before_the_environment(content: Content, tmp_path: Path) -> None:
    file = tmp_path / "token.json"
    stored = {"token": "ya29.1", "expiry": "2099-01-01T00:00:00Z", "refresh_token": "x"}
    file.write_text(json.dumps(stored))
    content.google.tokens = 1
    block = GoogleWorkspaceCredentialsBlock(
        token_file=str(file),
        base_url=content_url("GOOGLE_BASE_URL"),
        drive_url=content_url("GOOGLE_BASE_URL"),
    )
    assert block.test_connection()["account"] == "plans@example.org"
    assert content.google.faults.asked("/token") == []


def test_a_log_in_keeps_a_private_token_file(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_TOKEN_FILE", str(tmp_path / "token.json"))
    access = resolve(GoogleWorkspaceCredentials, "google")
    assert access is not None
    seen: dict[str, Any] = {}

    def person(url: str) -> None:
        seen.update(parse_qs(urlsplit(url).query))
        back = f"{seen['redirect_uri'][0]}/?code=c0de&state={seen['state'][0]}"
        threading.Thread(target=lambda: urlopen(back).read()).start()

    file = login(access, content.settings, person, timeout=PATIENCE)
    assert (json.loads(file.read_text())["refresh_token"], file.stat().st_mode & 0o777) == (
        "refresh-s3cret",
        0o600,
    )
    assert seen["code_challenge_method"] == ["S256"]

    def forger(url: str) -> None:
        back = f"{parse_qs(urlsplit(url).query)['redirect_uri'][0]}/?code=c0de&state=guess"
        threading.Thread(target=lambda: urlopen(back).read()).start()

    with pytest.raises(AuthError):
        login(access, content.settings, forger, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("name", "said"), [("JIRA_URL", r"url \(JIRA_URL\)"), ("JIRA_USERNAME", "give the username")]
)
def test_missing_credentials_are_named(
    content: Content, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ConfigError, match=said):
        content.run()


def test_the_check_names_accounts_and_names(
    content: Content, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["content", "check", "test"]) == 0
    people = {"Raka Wibisana": "acc-gone", "Sekar Puspita": "acc-nobody"}
    content.configure(people={"entries": people})
    content.rows[3][5] = "Raka W."
    assert ff(["content", "check", "test"]) == 1
    said = capsys.readouterr().out
    assert "people.Raka Wibisana: the account acc-gone is not active" in said
    assert "people.Sekar Puspita: Jira knows no account acc-nobody" in said
    assert "Sheet1 row 4, associate: 'Raka W.' is not in people; did you mean" in said


def test_the_plan_runs_on_the_command_line_without_a_server(
    content: Content, capsys: pytest.CaptureFixture[str]
) -> None:
    content.rows[:] = plan(3)
    words = ["run", "content-plan", "--profile", "test"]
    assert ff([*words, "--dry-run"]) == 0
    assert "preview.html" in capsys.readouterr().err
    assert len(content.jira.issues) == 0
    assert ff([*words, "--validate-only", "false"]) == 0
    assert len(content.jira.issues) == 3
    content.jira.login = "other"
    assert ff(words) == 1
    assert "authentication" in capsys.readouterr().err


def test_jira_is_asked_and_answers_as_the_vendor_describes(content: Content) -> None:
    origin = "https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json"
    document = json.loads(vendors.document("jira-openapi-v3.json", origin).read_text())
    content.rows[:] = plan(30)
    content.rows[9][1] = "x" * 200
    content.run()
    content.rows[9][1] = "changed"
    content.run(update=True)
    ff(["content", "check", "test"])

    def operation(method: str, path: str) -> Any:
        named = path.replace("createmeta/CP/issuetypes/10009", CREATEMETA)
        named = re.sub(r"/issue/({id}|CP-\d+|\d+)$", "/issue/{issueIdOrKey}", named)
        return document["paths"][named][method.lower()]

    def validate(schema: Any, body: Any) -> None:
        root = {**schema, "components": document["components"]}
        jsonschema.Draft4Validator(root).validate(body)

    assert len({path for _, path, _, _ in content.jira.answers}) >= 5
    for method, path, status, body in content.jira.answers:
        answers = operation(method, path)["responses"][str(status)]
        schema = answers.get("content", {}).get("application/json", {}).get("schema")
        if schema and body is not None:
            validate(schema, body)
    for seen in content.jira.faults.journal:
        asked = operation(seen.method, seen.path)
        known = {one["name"] for one in asked.get("parameters", []) if one["in"] == "query"}
        assert set(seen.query) <= known
        if seen.body:
            validate(asked["requestBody"]["content"]["application/json"]["schema"], seen.json)


def google_method(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Google's own description of a method, and the types of its API."""
    api = "drive.v3" if name.startswith(("files", "about")) else "sheets.v4"
    package = pytest.importorskip(
        "googleapiclient", reason="Google's discovery documents come with google-api-python-client"
    )
    folder = Path(package.__file__).parent / "discovery_cache" / "documents"
    document = json.loads((folder / f"{api}.json").read_text())
    *resources, method = name.split(".")
    found = document
    for resource in resources:
        found = found["resources"][resource]
    return found["methods"][method] | {"common": document["parameters"]}, document["schemas"]


def closed(schema: Any) -> Any:
    """Google's type as JSON Schema that refuses fields it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(value) for name, value in schema.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = f"#/schemas/{schema['$ref']}"
    if made.get("type") == "any":
        del made["type"]
    if "properties" in made:
        made["additionalProperties"] = False
    return made


def test_google_is_asked_and_answers_as_google_describes(content: Content) -> None:
    content.configure(source={"clients_spreadsheet": "clients"})
    clients = [["Klien", "Folder ID"], ["Kopi Senja", "f1"]]
    content.google.sheets["clients"] = {"Clients": clients}
    name = "Content Plan - Kopi Senja - Desember 2026"
    content.google.folders["f1"] = [
        {"id": "x", "name": f"{name} 2"},
        {"id": "plan-1", "name": name},
    ]
    assert content.counts() == {"created": 3}
    ff(["content", "check", "test"])
    assert {name for name, _, _, _ in content.google.answers} >= {
        "spreadsheets.get",
        "spreadsheets.values.batchGet",
        "files.list",
    }
    for name, asked, status, said in content.google.answers:
        method, types = google_method(name)
        assert not set(asked) - set(method["parameters"]) - set(method["common"])
        if status == 200:
            root = closed({"schemas": types, **types[method["response"]["$ref"]]})
            jsonschema.Draft4Validator(root).validate(said)
