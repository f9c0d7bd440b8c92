"""The login of a shop, and its rotating tokens, against a stand-in over a socket."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop
from ff_analytics.domains.marketing.shopify.api.client import Shop, connect
from ff_analytics.domains.marketing.shopify.api.login import login, signature
from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.engine.accounts.grants import rotating
from ff_analytics.engine.base.errors import AuthError, ConfigError, SourceError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.ingest import run_ingest
from tests.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("quick")
APP = {"client_id": "app-1", "client_secret": "secret-of-app"}
OAUTH = "oauth/access_token"
Person = Callable[[str], None]


@pytest.fixture
def app(acme: FakeShop, shopify: Shopify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop `acme` without a lasting token; returns the file of its tokens."""
    acme.client = (APP["client_id"], APP["client_secret"])
    acme.order(1, datetime.now(UTC) - timedelta(hours=1))
    file = tmp_path / "private" / "acme.json"
    monkeypatch.delenv("ACME_SHOP_ACCESS_TOKEN")
    for name, value in {**APP, "token_file": str(file)}.items():
        monkeypatch.setenv(f"ACME_SHOP_{name.upper()}", value)
    return file


def owner(shop: FakeShop, /, **changed: str) -> Person:
    """An owner who grants access: Shopify signs and redirects; `changed` spoils the answer."""

    def open_page(url: str) -> None:
        asked = dict(parse_qsl(urlsplit(url).query))
        shop.codes.add("c0de")
        answer = {"code": "c0de", "shop": shop.domain, "state": asked["state"], "timestamp": "17"}
        answer |= {name: value for name, value in changed.items() if name != "secret"}
        answer["hmac"] = changed.get("hmac") or signature(
            answer, changed.get("secret", APP["client_secret"])
        )
        back = f"{asked['redirect_uri']}?{urlencode(answer)}"
        threading.Thread(target=lambda: urlopen(back).read()).start()

    return open_page


def credentials(shopify: Shopify, file: Path) -> ShopifyCredentials:
    values = {**APP, "base_url": shopify.base_url("acme"), "token_file": str(file)}
    return ShopifyCredentials.model_validate(values)


def log_in(shopify: Shopify, file: Path, person: Person) -> Path:
    known = credentials(shopify, file)
    return login(known, "acme.myshopify.com", get_settings(), person, timeout=PATIENCE)


def opened(shopify: Shopify, file: Path) -> Shop:
    known, domain = credentials(shopify, file), "acme.myshopify.com"
    return Shop(connect(known, domain, get_settings(), Traffic(), "Shopify acme"), domain)


def grants(shopify: Shopify, word: str) -> list[dict[str, str]]:
    """Forms of the token requests that contain `word`."""
    forms = [dict(parse_qsl(seen.body.decode())) for seen in shopify.faults.asked(OAUTH)]
    return [form for form in forms if word in form]


def expire(file: Path) -> None:
    """The access token ended an hour ago."""
    stored = json.loads(file.read_text())
    then = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    file.write_text(json.dumps({**stored, "expires_at": then}))


@pytest.fixture
def granted(app: Path, acme: FakeShop, shopify: Shopify) -> Path:
    """The file of a shop that has granted access."""
    return log_in(shopify, app, owner(acme))


def test_a_login_keeps_a_private_pair_that_runs_use(
    granted: Path, acme: FakeShop, shopify: Shopify
) -> None:
    assert granted.stat().st_mode & 0o777 == 0o600
    assert granted.parent.stat().st_mode & 0o777 == 0o700
    (form,) = grants(shopify, "code")
    assert (form["code"], form["expiring"], form["client_id"]) == ("c0de", "1", "app-1")
    assert run_ingest("shopify-orders").totals["new"] == 2
    assert len(shopify.faults.asked(OAUTH)) == 1


@pytest.mark.parametrize("all_orders", [False, True])
def test_the_page_asks_for_the_scopes_and_a_loopback_redirect(
    app: Path, acme: FakeShop, shopify: Shopify, all_orders: bool
) -> None:
    seen: list[str] = []

    def person(url: str) -> None:
        seen.append(url)
        owner(acme)(url)

    known = credentials(shopify, app)
    login(known, acme.domain, get_settings(), person, all_orders=all_orders, timeout=PATIENCE)
    asked = parse_qs(urlsplit(seen[0]).query)
    more = ",read_all_orders" if all_orders else ""
    assert asked["scope"] == [f"read_orders,read_products,read_customers{more}"]
    assert urlsplit(asked["redirect_uri"][0]).hostname == "127.0.0.1"
    assert urlsplit(seen[0]).path == "/acme/admin/oauth/authorize"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": "guess"}, "belongs to another login"),
        ({"secret": "another"}, "not signed with this app's client secret"),
        ({"hmac": "0" * 64}, "not signed with this app's client secret"),
        ({"shop": "evil.myshopify.com"}, "evil.myshopify.com answered"),
        ({"error": "access_denied"}, r"refused \(access_denied\)"),
    ],
    ids=["state", "secret", "hmac", "shop", "refused"],
)
def test_an_answer_that_is_not_shopifys_of_this_login_is_not_used(
    app: Path, acme: FakeShop, shopify: Shopify, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(AuthError, match=said):
        log_in(shopify, app, owner(acme, **changed))
    assert shopify.faults.asked(OAUTH) == []
    assert not app.exists()


def test_other_requests_do_not_end_a_login(app: Path, acme: FakeShop, shopify: Shopify) -> None:
    def person(url: str) -> None:
        back = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]

        def visit() -> None:
            with pytest.raises(Exception, match="404"):
                urlopen(back.replace("callback", "favicon.ico"))
            owner(acme)(url)

        threading.Thread(target=visit).start()

    assert log_in(shopify, app, person).exists()


def test_no_answer_ends_in_time(app: Path, shopify: Shopify) -> None:
    known = credentials(shopify, app)
    with pytest.raises(AuthError, match="no answer in the browser"):
        login(known, "acme.myshopify.com", get_settings(), lambda url: None, timeout=0.05)


@pytest.mark.parametrize("shop", ["acme.example.com", "https://acme.myshopify.com", "a/../b"])
def test_only_a_shops_own_domain_is_asked(app: Path, shopify: Shopify, shop: str) -> None:
    with pytest.raises(ConfigError, match="no shop's own domain"):
        login(credentials(shopify, app), shop, get_settings(), lambda url: None)


def test_the_command_finds_the_credentials_of_the_shops_tenant(
    app: Path, acme: FakeShop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("webbrowser.open", owner(acme))
    assert ff(["shopify", "login", "--shop", "acme.myshopify.com"]) == 0
    said = capsys.readouterr()
    assert str(app) in said.out
    assert "secret-of-app" not in said.out + said.err
    assert ff(["shopify", "login", "--shop", "other.myshopify.com"]) == 2


def test_an_ended_token_is_refreshed_and_the_new_pair_stored(
    granted: Path, shopify: Shopify
) -> None:
    expire(granted)
    opened(shopify, granted).identify()
    stored = json.loads(granted.read_text())
    assert (stored["access_token"], stored["refresh_token"]) == (
        "shpat-access-2",
        "shprt-refresh-2",
    )
    assert granted.stat().st_mode & 0o777 == 0o600
    opened(shopify, granted).identify()
    assert len(grants(shopify, "refresh_token")) == 1


def test_a_token_that_is_refused_within_its_time_is_refreshed_once(
    granted: Path, acme: FakeShop, shopify: Shopify
) -> None:
    acme.tokens["shpat-access-1"] = 1
    shop = opened(shopify, granted)
    shop.identify()
    shop.identify()
    assert len(grants(shopify, "refresh_token")) == 1


def test_runs_at_once_use_a_refresh_token_once(granted: Path, shopify: Shopify) -> None:
    expire(granted)
    start = threading.Barrier(6)

    def run(_: int) -> str:
        shop = opened(shopify, granted)
        start.wait()
        shop.identify()
        return shop.timezone

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(6))) == ["America/New_York"] * 6
    assert len(grants(shopify, "refresh_token")) == 1


def test_a_run_that_dies_before_it_stored_the_pair_loses_nothing(
    granted: Path, shopify: Shopify
) -> None:
    expire(granted)
    before = granted.read_text()
    code = "from ff_analytics.engine.ingest import run_ingest; run_ingest('shopify-orders')"
    fault = {"FF_FAULT": "rotating-token.before-store=kill"}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **fault}, check=False)
    assert done.returncode == -9
    assert granted.read_text() == before
    assert run_ingest("shopify-orders").totals["new"] == 2
    assert [form["refresh_token"] for form in grants(shopify, "refresh_token")] == [
        "shprt-refresh-1"
    ] * 2


def test_a_pair_that_cannot_be_stored_is_not_used(
    granted: Path, shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(granted)

    def full(file: Path, content: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "store_private", full)
        with pytest.raises(SourceError, match=r"could not be stored.*not used.*Repair the disk"):
            opened(shopify, granted).identify()
    assert shopify.questions() == []
    opened(shopify, granted).identify()


def test_a_revoked_refresh_token_says_how_to_log_in(
    granted: Path, acme: FakeShop, shopify: Shopify
) -> None:
    expire(granted)
    acme.pairs.clear()
    with pytest.raises(
        AuthError, match=r"invalid_grant.*ff shopify login --shop acme\.myshopify\.com"
    ) as refused:
        opened(shopify, granted).identify()
    assert len(grants(shopify, "refresh_token")) == 1
    assert not {"secret-of-app", "shprt-refresh-1"} & set(str(refused.value).split())


def test_a_spoilt_file_says_how_to_log_in(granted: Path, shopify: Shopify) -> None:
    granted.write_text("{")
    with pytest.raises(AuthError, match=r"contains no tokens\. Log in: ff shopify login"):
        opened(shopify, granted).identify()
