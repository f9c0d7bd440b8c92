"""The webhook's address: understood, or refused in a sentence that does not repeat it."""

from pathlib import Path

import pytest

from blocks import alerts
from ff_analytics.engine.base.errors import ConfigError
from tests.fakes import discord

SECRET = "s3cret-t0ken"


@pytest.mark.parametrize(
    "url",
    [
        f"https://discord.com/api/webhooks/123/{SECRET}",
        f"https://discordapp.com/api/webhooks/123/{SECRET}",
        f"https://ptb.discord.com/api/v10/webhooks/123/{SECRET}/",
        f"  https://discord.com/api/webhooks/123/{SECRET}\n",
    ],
)
def test_addresses_that_discord_hands_out(url: str) -> None:
    assert alerts.parse(url) == ("123", SECRET)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://discord.com/api/webhooks/123/{SECRET}", "https://"),
        (f"https://discord.com.evil.org/api/webhooks/123/{SECRET}", "not on discord.com"),
        (f"https://evil.org/discord.com/api/webhooks/123/{SECRET}", "not on discord.com"),
        (f"https://discord.com/channels/123/{SECRET}", "/webhooks/"),
        (f"https://discord.com/api/webhooks/{SECRET}", "no number"),
        ("https://discord.com/api/webhooks/123", "token"),
        (f"https://discord.com/api/webhooks/123/{SECRET}/slack", "follows the token"),
        (f"https://discord.com/api/webhooks/123/{SECRET}?wait=true", "follows the token"),
        (SECRET, "https://"),
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        alerts.parse(url)
    assert SECRET not in str(refused.value)
    assert "DISCORD_WEBHOOK_URL" in str(refused.value)


def test_the_webhook_is_called_like_the_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with discord.serve(tmp_path) as fake:
        for name, value in fake.env().items():
            monkeypatch.setenv(name, value)
        assert alerts.introduce(discord.WEBHOOK_URL, "FF Analytics Bot") == ""
        assert fake.name == "FF Analytics Bot"
        with pytest.raises(ConfigError, match="does not know the webhook"):
            alerts.introduce(discord.WEBHOOK_URL + "x", "FF Analytics Bot")


def test_a_discord_out_of_reach_is_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    remark = alerts.introduce(discord.WEBHOOK_URL, "FF Analytics Bot")
    assert "Discord was not reached" in remark
    assert discord.WEBHOOK_TOKEN not in remark


@pytest.mark.filterwarnings("ignore:.imghdr.:DeprecationWarning")  # apprise on Python 3.11
def test_prefects_own_block_takes_both_halves() -> None:
    block = alerts.discord_block(discord.WEBHOOK_URL, "FF Analytics Bot")
    assert block.webhook_id.get_secret_value() == discord.WEBHOOK_ID
    assert block.webhook_token.get_secret_value() == discord.WEBHOOK_TOKEN
    assert block.botname == "FF Analytics Bot"
