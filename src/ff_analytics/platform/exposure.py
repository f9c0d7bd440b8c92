"""What of this installation others could read or guess: `.env`, and the server's login."""

import stat
from pathlib import Path
from typing import NamedTuple

from ff_analytics.platform import env_file
from ff_analytics.platform.loopback import LOOPBACK

_SHORTEST = 12
_FEWEST_CHARACTERS = 5
# Of examples, manuals and first attempts; compared without case, dashes and digits at the end.
_KNOWN = {"admin", "changeme", "default", "password", "prefect", "secret", "testonly", "pass"}
_NEW = (
    "Set PREFECT_SERVER_API_AUTH_STRING and PREFECT_API_AUTH_STRING to admin:<password> with a "
    "password of `openssl rand -base64 24`, in .env of server and clients; then restart them."
)


class Exposure(NamedTuple):
    """One exposure, and the command that closes it. Contains no secret."""

    kind: str
    what: str
    found: str
    what_to_do: str


def of_env(file: Path = env_file.FILE) -> list[Exposure]:
    """Whether others can read `.env`, or put another one in its place."""
    try:
        mode, folder = file.stat().st_mode, file.parent.stat().st_mode
    except OSError:
        return []
    found = []
    if open_to := mode & (stat.S_IRWXG | stat.S_IRWXO):
        who = "others" if open_to & stat.S_IRWXO else "its group"
        found.append(
            Exposure(
                kind="env-exposed",
                what=".env",
                found=f"{file} holds passwords and is open to {who} (mode {mode & 0o777:03o})",
                what_to_do=f"chmod 600 {file}",
            )
        )
    if folder & (stat.S_IWGRP | stat.S_IWOTH) and not folder & stat.S_ISVTX:
        found.append(
            Exposure(
                kind="env-exposed",
                what="folder of .env",
                found=f"others can replace {file}: its folder is writable for them "
                f"(mode {folder & 0o777:03o})",
                what_to_do=f"chmod go-w {file.parent}",
            )
        )
    return found


def weakness(login: str) -> str:
    """Why `user:password` is easy to guess; empty when it is not. Never repeats it."""
    user, colon, password = login.partition(":")
    if not colon or not user or not password:
        return "is not of the form user:password"
    plain = password.lower().replace("-", "").replace("_", "").rstrip("0123456789!.")
    if password.lower() == user.lower():
        return "has the user's name as password"
    if plain in _KNOWN:
        return "has a well-known password"
    if len(password) < _SHORTEST:
        return f"has a password of fewer than {_SHORTEST} characters"
    if len(set(password)) < _FEWEST_CHARACTERS:
        return "has a password that repeats the same few characters"
    return ""


def of_server() -> list[Exposure]:
    """A server that other machines can reach needs a login that cannot be guessed."""
    from prefect.settings import get_current_settings

    api = get_current_settings().server.api
    host = str(api.host)
    if host in LOOPBACK:
        return []
    login = api.auth_string.get_secret_value() if api.auth_string else ""
    weak = weakness(login) if login else "is missing"
    if not weak:
        return []
    found = f"bound to {host}, and its login {weak}: block secrets can be read with it"
    return [Exposure(kind="weak-login", what="server password", found=found, what_to_do=_NEW)]


def all_of() -> list[Exposure]:
    """Everything that is open."""
    return [*of_env(), *of_server()]
