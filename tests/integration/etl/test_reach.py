"""What a source names next never leads into this machine or a private network."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from starlette.responses import RedirectResponse, Response

from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl.run import run_etl
from ff_analytics.engine.http.client import get
from ff_analytics.engine.http.download import download
from ff_analytics.engine.http.policy import guarded
from ff_analytics.engine.http.traffic import Traffic
from tests.fakes.internet import PUBLIC, Internet, certificate
from tests.fakes.rows import RowsSource

NAMES = ("data.example.org", "cdn.example.org", "inside.example.org", "mixed.example.org")
ROWS = b'[{"id": 1, "secret": "PLANTED"}]'
# {tls} and {plain} are ports of services on this machine, {file} a file of the user's.
INSIDE = [
    "file://{file}",
    "http://127.0.0.1:{plain}/body",
    "http://localhost:{plain}/body",
    "https://127.0.0.1:{tls}/body",
    "https://localhost:{tls}/body",
    "https://[::ffff:127.0.0.1]:{tls}/body",
    "https://[::1]:{tls}/body",
    "https://2130706433:{tls}/body",
    "https://inside.example.org:{tls}/body",
    "https://mixed.example.org:{tls}/body",
    "https://metadata.example.org/latest/meta-data",
    "https://169.254.169.254/latest/meta-data",
    "https://168.63.129.16/metadata",
    "https://10.0.0.5/body",
    "https://[64:ff9b::7f00:1]:{tls}/body",
    "ftp://data.example.org/body",
]


@dataclass
class World:
    """A public source, a second public host, and services of this machine."""

    base: str
    cdn: str
    source: RowsSource
    elsewhere: RowsSource
    inside: RowsSource
    internet: Internet
    settings: Settings
    places: dict[str, Any] = field(default_factory=dict)

    def place(self, text: str) -> str:
        return text.format(**self.places)

    def load(self, path: str, **parameters: Any) -> None:
        given = {"source_url": f"{self.base}/{path}", "target_table": "public.t"}
        run_etl(given | parameters, token="s3cret-token")

    def untouched(self) -> bool:
        """True when nothing of this machine was read, stored or quarantined."""
        left = [p for p in self.settings.data.rglob("*") if p.is_file() and "etl" in p.parts]
        return not self.inside.journal and not left


@pytest.fixture
def world(
    tmp_path: Path, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    pem = certificate(tmp_path / "tls.pem", NAMES)
    internet = Internet(
        pem,
        {
            "data.example.org": [PUBLIC],
            "cdn.example.org": [PUBLIC],
            "inside.example.org": ["127.0.0.1"],
            "mixed.example.org": [PUBLIC, "10.0.0.1"],
            "metadata.example.org": ["169.254.169.254"],
        },
    )
    internet.install(monkeypatch)
    secret = tmp_path / "secret.json"
    secret.write_bytes(ROWS)
    outer, other, inner = RowsSource(body=ROWS), RowsSource(body=ROWS), RowsSource(body=ROWS)
    with (
        stamina.set_testing(True, attempts=1),
        serve(outer.app(), Faults(), tls=pem) as public,
        serve(other.app(), Faults(), tls=pem) as second,
        serve(inner.app(), Faults(), tls=pem) as tls,
        serve(inner.app(), Faults()) as plain,
    ):
        ports = {"tls": tls.rpartition(":")[2], "plain": plain.rpartition(":")[2]}
        made = World(
            public.replace("127.0.0.1", "data.example.org"),
            second.replace("127.0.0.1", "cdn.example.org"),
            outer,
            other,
            inner,
            internet,
            lake_settings,
            {**ports, "file": secret},
        )
        yield made
        internet.close()


@pytest.mark.parametrize("target", INSIDE)
def test_a_next_page_inside_is_not_read(world: World, target: str) -> None:
    world.source.headers = {"Link": f'<{world.place(target)}>; rel="next"'}
    with pytest.raises(SourceError, match="was not followed"):
        world.load("body", paging="link")
    assert world.untouched()


@pytest.mark.parametrize("target", [t for t in INSIDE if t.startswith("http")])
def test_a_cursor_that_is_an_address_inside_is_not_read(world: World, target: str) -> None:
    page = {"data": [{"id": 1}], "next_cursor": world.place(target)}
    world.source.body = json.dumps(page).encode()
    with pytest.raises(SourceError, match="was not followed"):
        world.load("body", paging="cursor")
    assert world.untouched()


@pytest.mark.parametrize("target", INSIDE)
def test_a_redirect_inside_is_not_followed_by_any_client(world: World, target: str) -> None:
    """At the second hop, so that only a check of every hop sees it."""
    answers: list[Callable[..., Any]] = [
        lambda request: RedirectResponse(f"{world.cdn}/body"),
    ]
    inside = RedirectResponse(world.place(target))
    ways: dict[str, Callable[[], Any]] = {
        "etl": lambda: world.load("body"),
        "get": lambda: get(f"{world.base}/body", settings=world.settings, traffic=Traffic()),
        "download": lambda: download(
            f"{world.base}/body", known=None, settings=world.settings, traffic=Traffic()
        ),
    }
    for way in ways.values():
        world.source.faults = list(answers)
        world.elsewhere.faults = [lambda request: inside]
        with pytest.raises(SourceError, match="was not followed"):
            way()
    assert len(world.elsewhere.journal) == len(ways)
    assert world.untouched()


def test_another_public_host_is_read_without_the_credentials(world: World) -> None:
    world.source.headers = {"Link": f'<{world.cdn}/body?x=1>; rel="next"'}
    world.elsewhere.body = b'[{"id": 2}]'
    world.load("body", paging="link")
    world.source.faults = [lambda request: RedirectResponse(f"{world.cdn}/body?x=2")]
    world.load("body", force=True)
    answer = get(
        f"{world.base}/body",
        settings=world.settings,
        traffic=Traffic(),
        headers={"X-Api-Key": "s3cret-token", "Cookie": "s3cret-token"},
    )
    assert answer.request.headers["X-Api-Key"]
    world.source.faults = [lambda request: RedirectResponse(f"{world.cdn}/body")]
    get(
        f"{world.base}/body",
        settings=world.settings,
        traffic=Traffic(),
        headers={"X-Api-Key": "s3cret-token", "Cookie": "s3cret-token"},
    )
    assert "Bearer s3cret-token" in [r.headers.get("authorization") for r in world.source.journal]
    assert len(world.elsewhere.journal) == 3
    assert "s3cret-token" not in str([dict(r.headers) for r in world.elsewhere.journal])
    assert lake.read("SELECT count(*) FROM public.t").item() == 3


def test_what_was_posted_is_not_sent_to_another_host(world: World) -> None:
    world.source.faults = [lambda request: RedirectResponse(f"{world.cdn}/body", 307)]
    with pytest.raises(SourceError, match="must not get what was sent"):
        guarded.client(world.base).post(f"{world.base}/body", data={"refresh_token": "x"})
    assert not world.elsewhere.journal


def test_a_source_on_this_machine_does_not_lead_to_another_port(
    world: World, lake_settings: Settings
) -> None:
    here = RowsSource(body=ROWS)
    with serve(here.app(), Faults()) as base:
        for address in ("127.0.0.1", "localhost"):
            here.headers = {"Link": f'<http://{address}:{world.places["plain"]}/body>; rel="next"'}
            with pytest.raises(SourceError, match="was not followed"):
                run_etl(
                    {"source_url": f"{base}/body", "target_table": "public.t", "paging": "link"}
                )
    assert world.untouched()


def test_a_name_that_turns_inside_is_not_followed(world: World) -> None:
    """The address is judged at the connection, not only before the first request."""
    world.source.headers = {"Connection": "close"}
    world.load("body")
    world.internet.names["data.example.org"] = ["127.0.0.1"]
    with pytest.raises(SourceError, match="public before"):
        world.load("body", force=True)
    assert len(world.source.journal) == 1


def test_the_checked_address_is_the_one_connected_to(world: World) -> None:
    """A name with another answer for every question gets no second chance."""
    client = guarded.client(world.base)
    world.internet.names["cdn.example.org"] = [PUBLIC]
    client.get(f"{world.cdn}/body")
    assert world.elsewhere.journal
    world.internet.names["cdn.example.org"] = ["127.0.0.1"]
    with pytest.raises(SourceError, match="was not followed"):
        client.get(f"{world.cdn}/body")
    assert len(world.elsewhere.journal) == 1


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
def test_codings_without_a_bound_are_refused(world: World, coding: str) -> None:
    world.source.faults = [lambda request: Response(ROWS, headers={"Content-Encoding": coding})]
    with pytest.raises(SourceError, match="Content-Encoding"):
        world.load("body")


def test_the_transport_is_guarded() -> None:
    """httpx has no public parameter for it, so a new version must not lose it unseen."""
    transport = guarded.client("https://example.org")._transport
    assert isinstance(transport, httpx.HTTPTransport)
    assert isinstance(transport._pool._network_backend, guarded.Backend)
