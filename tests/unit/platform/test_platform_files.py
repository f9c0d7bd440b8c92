"""deployments/*.yaml: what would lose or multiply alerts is refused before it is applied."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.declared import files, template

GOOD: dict[str, Any] = {
    "name": "ff-test",
    "description": "x",
    "block": "ff-analytics-alerts",
    "trigger": {
        "expect": ["prefect.flow-run.Failed"],
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "for_each": ["prefect.resource.id"],
    },
    "message": "{{ event.payload.message }}",
}


def folder_with(tmp_path: Path, automation: dict[str, Any], name: str = "ff-test") -> Path:
    for part, file in (("blocks", "ff-analytics-alerts"), ("automations", name)):
        (tmp_path / part).mkdir()
        source = files.FOLDER / part / f"{file}.yaml"
        text = source.read_text() if part == "blocks" else yaml.safe_dump(automation)
        (tmp_path / part / f"{file}.yaml").write_text(text)
    return tmp_path


def test_the_repos_own_files_load() -> None:
    declared = files.load()
    assert [pool.name for pool in declared.work_pools] == ["docker-pool", "local-process-pool"]
    assert [block.name for block in declared.blocks] == ["ff-analytics-alerts"]
    assert {a.name for a in declared.automations} >= {"ff-run-failed", "ff-run-crashed"}


def test_a_message_of_an_unknown_automation_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD | {"message": "", "message_of": "ff-unknown"})
    with pytest.raises(ConfigError, match="there is no automation 'ff-unknown' with a message"):
        files.load(folder)


def test_a_good_file_loads(tmp_path: Path) -> None:
    assert files.load(folder_with(tmp_path, GOOD)).automations[0].name == "ff-test"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expect": []}, "expect"),
        ({"expect": ["*"]}, "own deliveries"),
        ({"expect": ["prefect.*"]}, "own deliveries"),
        ({"expect": ["prefect.automation.action.executed"]}, "own deliveries"),
        ({"match": "*"}, "match"),
        ({"match": {}}, "prefect.resource.id"),
        ({"match": {"prefect.resource.id": "*"}}, "prefect.resource.id"),
        ({"match": {"prefect.resource.id": ["ff.*", "*"]}}, "prefect.resource.id"),
        ({"posture": "Proactive"}, "posture"),
        ({"expct": ["x"]}, "expct"),
        ({"for_each": []}, "for_each"),
        ({"threshold": 0}, "threshold"),
    ],
)
def test_dangerous_triggers_are_refused(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    folder = folder_with(tmp_path, GOOD | {"trigger": GOOD["trigger"] | change})
    with pytest.raises(ConfigError, match=words):
        files.load(folder)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{{ flow_rnu.name }}", "flow_rnu"),
        ("{{ flow_run.nam }}", "flow_run.nam"),
        ("{{ event.payload.message", "no valid template"),
        ("{{ event.payload.message | shorten }}", "no valid template"),
        ("{{ labels | tojson }}", "fails where a value is missing"),
        ("{{ event.payload.message.upper() }}", "fails where a value is missing"),
    ],
)
def test_messages_that_could_fail_are_refused(tmp_path: Path, message: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        files.load(folder_with(tmp_path, GOOD | {"message": message}))


def test_fields_that_the_watch_does_not_send_are_refused(tmp_path: Path) -> None:
    trigger = GOOD["trigger"] | {"expect": ["ff.watch.*"]}
    bad = GOOD | {"trigger": trigger, "message": "{{ event.payload.mesage }}"}
    with pytest.raises(ConfigError, match=r"payload\.mesage"):
        files.load(folder_with(tmp_path, bad))


def test_an_unknown_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no block 'ff-alerts'"):
        files.load(folder_with(tmp_path, GOOD | {"block": "ff-alerts"}))


def test_a_file_is_called_as_what_it_declares(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"name the file ff-test\.yaml"):
        files.load(folder_with(tmp_path, GOOD, name="ff-other"))


def test_values_have_no_place_in_a_block_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD)
    file = folder / "blocks" / "ff-analytics-alerts.yaml"
    raw = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump(raw | {"url_from": "https://discord.com/api/webhooks/1/secret"}))
    with pytest.raises(ConfigError) as refused:
        files.load(folder)
    assert "secret" not in str(refused.value)


def test_no_text_gets_past_the_clamp_or_pings_everyone() -> None:
    text = template.render(
        template.clamped("{{ event.payload.message }}"),
        {"event": {"payload": {"message": "@everyone " + "x" * 5000}}},
    )
    assert len(text) == template.LIMIT
    assert "@everyone" not in text
