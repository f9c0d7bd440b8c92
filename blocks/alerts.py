"""The Discord block of the alert channel, made from the webhook's address."""

import re
from typing import TYPE_CHECKING

import httpx

from ff_analytics.engine.base.errors import ConfigError

if TYPE_CHECKING:
    from prefect.blocks.notifications import DiscordWebhook

_HOSTS = r"(?:(?:ptb|canary)\.)?discord(?:app)?\.com"
_URL = re.compile(rf"https://{_HOSTS}/api(?:/v\d+)?/webhooks/(\d+)/([\w-]+)/?", re.ASCII)
_SHAPE = "https://discord.com/api/webhooks/<id>/<token>"


def _what_is_wrong(url: str) -> str:
    """The first difference to a webhook's address, without a word of the address itself."""
    if not url.startswith("https://"):
        return "it does not begin with https://"
    if not re.match(rf"https://{_HOSTS}/", url):
        return "it is not on discord.com"
    if "/webhooks/" not in url:
        return "it has no /webhooks/ in it"
    if not re.search(r"/webhooks/\d+", url):
        return "what follows /webhooks/ is no number"
    if not re.search(r"/webhooks/\d+/[\w-]", url):
        return "the token after the number is missing"
    return "something follows the token"


def parse(url: str, variable: str = "DISCORD_WEBHOOK_URL") -> tuple[str, str]:
    """Webhook id and token; `ConfigError` says what is wrong and never repeats the secret."""
    found = _URL.fullmatch(url.strip())
    if not found:
        raise ConfigError(
            f"{variable} is no Discord webhook address: {_what_is_wrong(url.strip())}. Copy it "
            f"from the channel's settings, Integrations, Webhooks: {_SHAPE}."
        )
    return found[1], found[2]


def discord_block(
    url: str, botname: str, variable: str = "DISCORD_WEBHOOK_URL"
) -> "DiscordWebhook":
    """Prefect's own block, not yet saved.

    It does not send `botname` (platform/prefect_workarounds.py): people see the webhook's own
    name, which `introduce` sets.
    """
    from prefect.blocks.notifications import DiscordWebhook
    from pydantic import SecretStr

    identity, token = parse(url, variable)
    return DiscordWebhook(
        webhook_id=SecretStr(identity), webhook_token=SecretStr(token), botname=botname
    )


def introduce(url: str, botname: str, variable: str = "DISCORD_WEBHOOK_URL") -> str:
    """Name the webhook at Discord; returns a remark when that could not be done.

    Raises `ConfigError` when Discord does not know the webhook (deleted, or a typing error).
    """
    identity, token = parse(url, variable)
    address = f"https://discord.com/api/webhooks/{identity}/{token}"
    try:
        answer = httpx.patch(address, json={"name": botname}, timeout=5.0)
    except httpx.HTTPError as error:
        return (
            f"Discord was not reached ({type(error).__name__}), so the webhook keeps its name; "
            f"people see alerts from {botname!r} once it is called so in the channel's settings."
        )
    if answer.status_code in (401, 404):
        raise ConfigError(
            f"Discord does not know the webhook of {variable} ({answer.status_code}): it was "
            "deleted, or the address is not complete. Make a new one and set the variable."
        )
    if answer.is_error:
        return f"Discord answered {answer.status_code}, so the webhook keeps its name."
    return ""
