"""Who gets in, and from where."""

import socket

import httpx
import pytest

from ff_analytics.app.web import login as logins
from tests.integration.app.conftest import LOGIN, Site

HTML = {"accept": "text/html"}


def test_nothing_is_shown_without_the_login(site: Site) -> None:
    with site.client() as client:
        for path in ("/", "/players?format=csv", "/sql?q=SELECT+1", "/reports/valuation"):
            answer = client.get(path, headers=HTML)
            assert (answer.status_code, answer.headers["location"][:12]) == (303, "/login?next=")
            assert client.get(path).status_code == 401
            assert client.get(path, auth=("admin", "wrong")).status_code == 401


def test_the_form_logs_in_and_leads_to_what_was_asked_for(site: Site) -> None:
    form = {"user": "admin", "password": LOGIN.split(":")[1], "next": "/players?position=WR"}
    with site.client(headers={"origin": site.url}) as client:
        answer = client.post("/login", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/players?position=WR")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert client.get("/players").status_code == 200
        assert client.post("/logout").status_code == 303
        assert client.get("/players").status_code == 401


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_a_login_leads_to_no_other_site(site: Site, to: str) -> None:
    form = {"user": "admin", "password": LOGIN.split(":")[1], "next": to}
    with site.client(headers={"origin": site.url}) as client:
        assert client.post("/login", data=form).headers["location"] == "/"


def test_a_wrong_password_is_refused_and_never_repeated(site: Site) -> None:
    with site.client(headers={"origin": site.url}) as client:
        answer = client.post("/login", data={"user": "admin", "password": "guess-number-1"})
        assert answer.status_code == 401
        assert "guess-number-1" not in answer.text
        assert "set-cookie" not in answer.headers


def test_a_link_logs_in_once(site: Site) -> None:
    path = f"/enter?key={logins.link_key(LOGIN)}&next=/catalog"
    with site.client() as client:
        assert client.get(path).headers["location"] == "/catalog"
        assert client.get("/catalog").status_code == 200
    with site.client() as another:
        assert another.get(path).headers["location"] == "/login"
        assert another.get("/catalog").status_code == 401


def test_a_cookie_of_another_password_or_a_changed_one_is_worth_nothing(site: Site) -> None:
    good = logins.session(LOGIN)
    for value in (logins.session("admin:other-password"), good[:-1] + "0", "9" + good, "x", ""):
        with site.client(cookies={logins.COOKIE: value}) as client:
            assert client.get("/players").status_code == (200 if value == good else 401)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {},
    ],
)
def test_forms_of_other_sites_change_nothing(site: Site, headers: dict[str, str]) -> None:
    with site.client(cookies={logins.COOKIE: logins.session(LOGIN)}) as client:
        assert client.post("/logout", headers=headers).status_code == 403


def test_pages_of_other_sites_load_no_part_of_the_app(site: Site) -> None:
    with site.client(cookies={logins.COOKIE: logins.session(LOGIN)}) as client:
        for mode in ("no-cors", "cors"):
            headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode}
            assert client.get("/players?format=csv", headers=headers).status_code == 403
        # A link may lead here, but it runs no query.
        headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        answer = client.get("/sql?q=SELECT+4242+AS+n", headers=headers)
        assert "Another site led here" in answer.text
        assert "4242</td>" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "evil.example:4230"])
def test_a_name_that_only_resolves_to_this_machine_is_refused(site: Site, host: str) -> None:
    with site.client() as client:
        assert client.get("/login", headers={"host": host}).status_code == 403


def test_every_answer_carries_the_policy(site: Site) -> None:
    with site.client() as client:
        answers = [site.get("/players"), client.get("/login"), client.get("/nope"), site.get("/x")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_websocket_is_refused(site: Site) -> None:
    address = httpx.URL(site.url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as sock:
        sock.sendall(
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Origin: https://evil.example\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b"101" not in sock.recv(200).split(b"\r\n")[0]
