"""Who may see the app: the login of the Prefect API, a signed cookie, and links that work once.

A session is not stored: the cookie holds its end, signed with a key made of the login. Another
password ends all sessions.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time

COOKIE = "ff_app_session"
SESSION_SECONDS = 14 * 86400
LINK_SECONDS = 120


def _key(login: str, purpose: str) -> bytes:
    return hashlib.sha256(f"ff-analytics app {purpose}\0{login}".encode()).digest()


def _signed(login: str, purpose: str, until: int, nonce: str) -> str:
    text = f"{until}.{nonce}"
    mark = hmac.new(_key(login, purpose), text.encode(), hashlib.sha256).hexdigest()
    return f"{text}.{mark}"


def _valid(login: str, purpose: str, token: str) -> bool:
    until, _, rest = token.partition(".")
    nonce = rest.partition(".")[0]
    if not until.isascii() or not until.isdigit() or int(until) < time.time():
        return False
    return hmac.compare_digest(_signed(login, purpose, int(until), nonce).encode(), token.encode())


def session(login: str) -> str:
    """Value of the cookie of a new session."""
    return _signed(login, "session", int(time.time()) + SESSION_SECONDS, secrets.token_urlsafe(12))


def link_key(login: str) -> str:
    """Key of an address that logs in once, within two minutes; whoever knows the login makes it."""
    return _signed(login, "link", int(time.time()) + LINK_SECONDS, secrets.token_urlsafe(12))


class Links:
    """Keys of links that were used."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}

    def take(self, login: str, key: str) -> bool:
        """True the first time that a valid key comes."""
        now = time.time()
        self._used = {k: until for k, until in self._used.items() if until > now}
        if key in self._used or not _valid(login, "link", key):
            return False
        self._used[key] = now + LINK_SECONDS
        return True


def right_password(login: str, user: str, password: str) -> bool:
    """Compared without telling by its time how much is right."""
    return hmac.compare_digest(f"{user}:{password}".encode(), login.encode())


def allowed(login: str, cookie: str | None, header: str | None) -> bool:
    """A session's cookie, or the login as HTTP Basic for programs."""
    if cookie and _valid(login, "session", cookie):
        return True
    kind, _, value = (header or "").partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, login.encode())
