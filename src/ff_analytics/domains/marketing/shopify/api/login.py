"""Let the owner of a shop grant an app access: authorization code grant with rotating tokens."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.engine.accounts.grants.browser import OpenPage, redirect, store_private
from ff_analytics.engine.accounts.grants.oauth import exchange
from ff_analytics.engine.accounts.grants.rotating import pair_of
from ff_analytics.engine.base.errors import AuthError, ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.traffic import Traffic

SCOPES = ("read_orders", "read_products", "read_customers")
# For orders of more than 60 days ago; Shopify has to approve it for the app first.
ALL_ORDERS = "read_all_orders"
CALLBACK = "/callback"


def signature(query: Mapping[str, str], secret: str) -> str:
    """Shopify's HMAC-SHA256 of a callback: all parameters but the HMAC, sorted by name."""
    signed = "&".join(
        f"{k}={v}" for k, v in sorted(query.items()) if k not in ("hmac", "signature")
    )
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def _code(answer: Mapping[str, str], shop: str, state: str, secret: str) -> str:
    """The code of a callback that is Shopify's, of this login and of this shop."""
    if not answer:
        raise AuthError(f"Shopify {shop}: there was no answer in the browser. Log in again.")
    if not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise AuthError(f"Shopify {shop}: the answer belongs to another login; it was not used.")
    if answer.get("error"):
        raise AuthError(f"Shopify {shop}: the login was refused ({answer['error']}).")
    expected = signature(answer, secret)
    if not hmac.compare_digest(answer.get("hmac", "").encode(), expected.encode()):
        raise AuthError(
            f"Shopify {shop}: the answer is not signed with this app's client secret; it was not "
            "used. Check client_secret."
        )
    if answer.get("shop", "").lower() != shop.lower():
        raise AuthError(f"Shopify {shop}: the shop {answer.get('shop')} answered; it was not used.")
    return answer.get("code", "")


def login(
    credentials: ShopifyCredentials,
    shop: str,
    settings: Settings,
    open_page: OpenPage,
    *,
    all_orders: bool = False,
    port: int = 0,
    timeout: float = 300.0,
) -> Path:
    """Ask the shop's owner in a browser; returns the file with the tokens (mode 600).

    Raises `ConfigError` without an app, `AuthError` when access is refused or the answer is not
    Shopify's, or there is none within `timeout` seconds.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", shop):
        raise ConfigError(f"{shop!r} is no shop's own domain; write e.g. acme.myshopify.com.")
    if not (credentials.client_id and credentials.client_secret):
        raise ConfigError(
            f"Shopify {shop}: set client_id and client_secret of the app in the block or the "
            "environment (docs/marketing.md)."
        )
    secret, state = credentials.client_secret.get_secret_value(), secrets.token_urlsafe(24)
    with redirect(port, CALLBACK) as back:
        query = {
            "client_id": credentials.client_id,
            "scope": ",".join((*SCOPES, ALL_ORDERS) if all_orders else SCOPES),
            "redirect_uri": back.address,
            "state": state,
        }
        open_page(f"{credentials.oauth_url(shop, 'authorize')}?{urlencode(query)}")
        answer = back.wait(timeout)
    form = {
        "client_id": credentials.client_id,
        "client_secret": secret,
        "code": _code(answer, shop, state, secret),
        "expiring": "1",
    }
    url, who = credentials.oauth_url(shop, "access_token"), f"Shopify {shop}"
    body = exchange(who, url, form, settings, Traffic())
    try:
        pair = pair_of(body, datetime.now(UTC))
    except KeyError:
        raise AuthError(
            f"{who}: Shopify gave no refresh token. Put the app's token into access_token."
        ) from None
    file = credentials.tokens(shop, settings)
    try:
        store_private(file, {"shop": shop, **pair})
    except OSError as error:
        raise ConfigError(
            f"{file} could not be written ({error.strerror}). Log in again."
        ) from None
    return file
