"""Tenants, credentials in the environment, and stand-ins for the providers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina
import yaml

from ff_analytics.demo.providers.google_ads import GoogleAds, serve_google_ads
from ff_analytics.demo.providers.klaviyo import Klaviyo, serve_klaviyo
from ff_analytics.demo.providers.meta import Meta, serve_meta
from ff_analytics.demo.providers.shopify import Shopify, serve_shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop
from ff_analytics.engine.base.settings import Settings, get_settings

Tenants = Callable[..., None]


@pytest.fixture
def quick() -> Iterator[None]:
    """Retries without any wait; `stamina.set_testing(False)` brings them back."""
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def tenants(
    lake_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tenants]:
    """`tenants(acme={...}, beta={...})` writes their files."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    monkeypatch.setenv("FF_TENANTS_DIR", str(folder))
    monkeypatch.setenv("FF_HTTP_TIMEOUT", "5")
    get_settings.cache_clear()

    def write(**content: dict[str, object]) -> None:
        for name, fields in content.items():
            text = yaml.safe_dump({"name": name, "timezone": "America/New_York", **fields})
            (folder / f"{name}.yaml").write_text(text)

    yield write
    get_settings.cache_clear()


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meta]:
    """Meta, where the credentials `acme-meta` and `beta-meta` are known by their tokens."""
    with serve_meta() as running:
        for name in ("acme", "beta"):
            monkeypatch.setenv(f"{name.upper()}_META_ACCESS_TOKEN", f"token-of-{name}")
            monkeypatch.setenv(f"{name.upper()}_META_BASE_URL", running.url)
        yield running


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleAds]:
    """Google Ads, where `acme-google` and `beta-google` are known by their refresh tokens."""
    with serve_google_ads() as running:
        for name in ("acme", "beta"):
            values = {
                "CLIENT_ID": "client",
                "CLIENT_SECRET": "secret-of-client",
                "REFRESH_TOKEN": f"refresh-of-{name}",
                "BASE_URL": running.url,
                "TOKEN_URL": running.token_url,
            }
            for field, value in values.items():
                monkeypatch.setenv(f"{name.upper()}_GOOGLE_{field}", value)
        yield running


@pytest.fixture
def klaviyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Klaviyo]:
    """Klaviyo, where the credentials `acme-klaviyo` and `beta-klaviyo` are known by their keys."""
    with serve_klaviyo() as running:
        for name in ("acme", "beta"):
            monkeypatch.setenv(f"{name.upper()}_KLAVIYO_API_KEY", f"key-of-{name}")
            monkeypatch.setenv(f"{name.upper()}_KLAVIYO_BASE_URL", running.url)
        yield running


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shopify]:
    """Shopify, with the credentials `acme-shop` and `beta-shop` of the shops `acme` and `beta`."""
    with serve_shopify() as running:
        for name in ("acme", "beta"):
            running.add(FakeShop(name, tokens={f"token-of-{name}": None}))
            monkeypatch.setenv(f"{name.upper()}_SHOP_ACCESS_TOKEN", f"token-of-{name}")
            monkeypatch.setenv(f"{name.upper()}_SHOP_BASE_URL", running.base_url(name))
        yield running


@pytest.fixture
def acme(shopify: Shopify, tenants: Tenants) -> FakeShop:
    """The shop of the one tenant there is."""
    tenants(acme={"shopify": [{"id": "acme.myshopify.com", "credentials": "acme-shop"}]})
    return shopify.shops["acme"]
