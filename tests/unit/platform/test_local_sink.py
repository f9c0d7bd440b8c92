"""`ff notify-test --local`: what is shown and refused. Its way: integration/alerts."""

import httpx
import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.declared.files import load
from ff_analytics.platform.state import local_sink


def test_bold_code_and_links_look_as_in_discord() -> None:
    shown = local_sink.as_discord_shows("⚠️ **a/b** failed\n`no file`\nRun x: <http://127.0.0.1/1>")
    assert shown.plain == "⚠️ a/b failed\nno file\nRun x: http://127.0.0.1/1"
    assert [str(span.style) for span in shown.spans] == ["bold", "cyan", "underline blue"]


def test_the_sink_keeps_what_is_posted() -> None:
    with local_sink.listening() as sink:
        answer = httpx.post(sink.url, json={"content": "hello"}, trust_env=False)
    assert answer.status_code == 204
    assert sink.contents == ["hello"]


def test_a_server_elsewhere_is_refused() -> None:
    with pytest.raises(ConfigError, match="on this machine"):
        local_sink.require_local("https://prefect.example.org/api")


def test_the_copies_react_to_nothing_real() -> None:
    for automation in load().automations:
        copy = local_sink._only_for("nonce", automation)
        patterns = copy.trigger.match["prefect.resource.id"]
        assert all(pattern.startswith("ff-notify-test.nonce.") for pattern in patterns)
        assert copy.message == automation.message
