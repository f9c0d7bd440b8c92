"""A stand-in for discord.com: a CONNECT proxy that ends TLS itself and keeps what was posted.

Start a Prefect server with `Discord.env()` and its real DiscordWebhook blocks talk to this
one. Connections to any other host are refused, so that no test reaches the internet.
"""

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import PATIENCE

HOSTS = ("discord.com", "discordapp.com")
WEBHOOK_ID = "123456789012345678"
WEBHOOK_TOKEN = "planted-webhook-token-that-must-not-leak_0123456789-abcdefghijkl"
WEBHOOK_URL = f"https://discord.com/api/webhooks/{WEBHOOK_ID}/{WEBHOOK_TOKEN}"


@dataclass(frozen=True)
class Post:
    """One request to a webhook, and what it was answered."""

    at: float
    payload: Mapping[str, Any]
    status: int

    @property
    def content(self) -> str:
        return str(self.payload.get("content", ""))


@dataclass
class Discord:
    """State of the stand-in: the posts, and the trouble that was ordered."""

    folder: Path
    port: int = 0
    posts: list[Post] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    name: str = "Captain Hook"
    trouble: list[tuple[int, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def env(self) -> dict[str, str]:
        """Variables with which a process takes this for discord.com."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {
            "HTTPS_PROXY": proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self.folder / "discord.pem"),
            "SSL_CERT_FILE": str(self.folder / "discord.pem"),
            "DISCORD_WEBHOOK_URL": WEBHOOK_URL,
        }

    def fail(self, status: int, *, times: int = 1, seconds: float = 0.0) -> None:
        """Answer the next posts with `status` after `seconds`; status 0 hangs up instead."""
        with self.lock:
            self.trouble += [(status, seconds)] * times

    def well(self) -> None:
        """No more trouble."""
        with self.lock:
            self.trouble.clear()

    def arrived(self) -> list[str]:
        """Contents of the messages that people would see, in order."""
        with self.lock:
            return [post.content for post in self.posts if 0 < post.status < 300]

    def wait_for(self, words: str, *, count: int = 1, timeout: float = PATIENCE) -> list[str]:
        """Messages with `words` once there are `count`; AssertionError after `timeout` s."""
        deadline = time.monotonic() + timeout
        while len(found := [text for text in self.arrived() if words in text]) < count:
            assert time.monotonic() < deadline, (words, self.arrived(), self.posts[-3:])
            time.sleep(0.1)
        return found

    def receive(self, path: str, payload: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Judge a post as Discord does, keep it, and say status and body."""
        with self.lock:
            ordered = self.trouble.pop(0) if self.trouble else None
        if ordered:
            time.sleep(ordered[1])
        status, body = (ordered[0], {}) if ordered and ordered[0] != 200 else answer(path, payload)
        with self.lock:
            self.posts.append(Post(time.time(), payload, status))
        return status, body


def known(path: str) -> bool:
    """Is it the path of the one webhook there is?"""
    return path.partition("?")[0] == f"/api/webhooks/{WEBHOOK_ID}/{WEBHOOK_TOKEN}"


def answer(path: str, payload: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Discord's own rules: a known webhook, and 1 to 2,000 characters."""
    if not known(path):
        return 404, {"message": "Unknown Webhook", "code": 10015}
    length = len(str(payload.get("content", "")))
    if length == 0 or length > 2000:
        return 400, {"code": 50035, "errors": {"content": "Must be between 1 and 2000 in length."}}
    return 204, {}


def certificate(folder: Path) -> ssl.SSLContext:
    """A self-signed certificate for Discord's names, below `folder`, and its TLS context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "discord.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(h) for h in HOSTS]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "discord.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "discord.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "discord.pem", folder / "discord.key")
    return context


class _Handler(BaseHTTPRequestHandler):
    """Requests through the proxy, for `discord` to receive."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    discord: Discord
    tls: ssl.SSLContext

    def do_CONNECT(self) -> None:
        host = self.path.partition(":")[0]
        if host not in HOSTS:
            self.discord.refused.append(host)
            self.send_error(502, "only discord.com is here")
            return
        self.send_response(200, "Connection established")
        self.end_headers()
        self.connection = self.request = self.tls.wrap_socket(self.connection, server_side=True)
        self.setup()
        # Python's own client asks with HTTP/1.0, which would end the connection here.
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do_POST(self) -> None:
        self._answer(*self.discord.receive(self.path, self._body()))

    def do_PATCH(self) -> None:
        if known(self.path):
            self.discord.name = str(self._body()["name"])
        self._answer(200 if known(self.path) else 404, {"name": self.discord.name})

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length", 0))
        body: dict[str, Any] = json.loads(self.rfile.read(length))
        return body

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        if status == 0:
            self.close_connection = True
            return
        text = json.dumps(body).encode() if status != 204 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is not worth a line."""


@contextmanager
def serve(folder: Path) -> Iterator[Discord]:
    """The stand-in on a free loopback port, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    discord = Discord(folder)
    handler = type("Handler", (_Handler,), {"discord": discord, "tls": certificate(folder)})
    server = _Server(("127.0.0.1", 0), handler)
    discord.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield discord
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
