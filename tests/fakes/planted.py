"""Secrets where people put them, each with a word that can be searched for afterwards."""

from collections.abc import Mapping
from pathlib import Path

from tests.fakes import discord

PLANTED = {
    "login": "planted-login-0123456789abcdef",
    "database": "planted-database-password-0123456789",
    "provider": "planted-provider-token-0123456789",
    "webhook": discord.WEBHOOK_TOKEN,
}


def environment() -> dict[str, str]:
    """The environment of server, worker and scripts, but for the database's password."""
    login = f"admin:{PLANTED['login']}"
    return {
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_AUTH_STRING": login,
        "ACME_META_ACCESS_TOKEN": PLANTED["provider"],
        "DISCORD_WEBHOOK_URL": discord.WEBHOOK_URL,
    }


def files(folder: Path) -> dict[str, bytes]:
    """Content by path of everything below a folder."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def leaks(places: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Kind of secret and place of every one that is found."""
    return [
        (kind, place)
        for kind, secret in PLANTED.items()
        for place, content in places.items()
        if secret.encode() in content
    ]
