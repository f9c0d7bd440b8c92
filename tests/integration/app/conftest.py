"""The app on a socket, over a planted lake."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from ff_analytics.app.serve import create_app
from ff_analytics.app.web.settings import ServerSettings
from ff_analytics.engine.base.settings import Settings
from tests.fakes.app_lake import stock
from tests.waiting import until

LOGIN = "admin:correct-horse-battery"


@dataclass(frozen=True)
class Site:
    """A running app."""

    url: str
    settings: Settings

    def client(self, **options: object) -> httpx.Client:
        """A client without a login."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60, **options)  # type: ignore[arg-type]

    def get(self, path: str) -> httpx.Response:
        """A page with the login."""
        user, password = LOGIN.split(":")
        with self.client(auth=(user, password)) as client:
            return client.get(path)


def login_settings(api_url: str = "http://127.0.0.1:9/api") -> ServerSettings:
    """The login of the tests, whatever the environment holds."""
    return ServerSettings.model_validate(
        {
            "PREFECT_API_URL": api_url,
            "PREFECT_SERVER_API_AUTH_STRING": LOGIN,
            "PREFECT_API_AUTH_STRING": LOGIN,
        }
    )


@contextmanager
def served(settings: Settings, api_url: str = "http://127.0.0.1:9/api") -> Iterator[Site]:
    """The app over `settings` on a free port."""
    app = create_app(settings, login_settings(api_url))
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        until("the app serves", lambda: server.started)
        try:
            yield Site(f"http://127.0.0.1:{sock.getsockname()[1]}", settings)
        finally:
            server.should_exit = True
            thread.join()


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data").embedded(folder / "data")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app over the planted lake."""
    settings = _settings(tmp_path_factory.mktemp("app"))
    stock(settings)
    with served(settings) as running:
        yield running


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """The app before anything was loaded."""
    with served(_settings(tmp_path)) as running:
        yield running
