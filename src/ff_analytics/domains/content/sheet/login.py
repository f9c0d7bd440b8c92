"""Log in to Google on this machine: a browser, a loopback redirect, a token file."""

import base64
import hashlib
import secrets
from pathlib import Path
from urllib.parse import urlencode

from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
from ff_analytics.domains.content.sheet.google import SCOPES
from ff_analytics.engine.accounts.grants.browser import OpenPage, redirect, store_private
from ff_analytics.engine.base.errors import AuthError, ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.client import ask, check_url

AUTH_URL = "https://accounts.google.com/o/oauth2/v2/auth"


def login(
    access: GoogleWorkspaceCredentials,
    settings: Settings,
    open_page: OpenPage,
    timeout: float = 300.0,
) -> Path:
    """Ask the user in a browser, and store the refresh token in the token file (mode 600).

    Raises `ConfigError` without an OAuth client, `AuthError` when access was refused or there
    was no answer within `timeout` seconds.
    """
    if not (access.client_id and access.client_secret):
        raise ConfigError(
            "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: an OAuth client of type desktop app, "
            "from the Google Cloud console."
        )
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    with redirect() as back:
        query = {
            "client_id": access.client_id,
            "redirect_uri": back.address,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "consent",
            "state": state,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        open_page(f"{AUTH_URL}?{urlencode(query)}")
        answer = back.wait(timeout)
    code = answer.get("code", "")
    # A page that guesses the port cannot guess the state.
    if not code or answer.get("state") != state:
        raise AuthError(f"Google refused the login ({answer.get('error', 'no answer')}).")
    form = {
        "grant_type": "authorization_code",
        "client_id": access.client_id,
        "client_secret": access.client_secret.get_secret_value(),
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": back.address,
    }
    url = check_url(access.token_url)
    response = ask(url, "POST", url, settings, data=form)
    token = fast_json.loads(response.content) if response.is_success else {}
    if not token.get("refresh_token"):
        raise AuthError(f"Google gave no refresh token (HTTP {response.status_code}). Try again.")
    file = settings.home / Path(access.token_file or "token.json").expanduser()
    kept = {name: form[name] for name in ("client_id", "client_secret")}
    store_private(file, {**kept, "refresh_token": token["refresh_token"]})
    return file
