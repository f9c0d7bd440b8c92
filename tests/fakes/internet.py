"""Public names and addresses that lead to servers of this machine, over TLS."""

import datetime as dt
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ff_analytics.engine.http.policy import guarded
from ff_analytics.engine.http.policy.urls import Reach

PUBLIC = "93.184.215.14"


def certificate(file: Path, names: Iterable[str]) -> Path:
    """Write a PEM with key and self-signed certificate for `names`; it is its own CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = dt.datetime.now(dt.UTC)
    also: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    also.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(also), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Internet:
    """Names with their addresses; connections to public addresses end on this machine."""

    pem: Path
    names: dict[str, list[str]] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put this internet under every client that is made from now on."""
        plain = httpcore.SyncBackend.connect_tcp

        def resolve(host: str, port: int) -> list[str]:
            if host in self.names:
                return self.names[host]
            return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port)]

        def connect(backend: Any, host: str, *rest: Any, **more: Any) -> Any:
            return plain(backend, "127.0.0.1" if host == PUBLIC else host, *rest, **more)

        monkeypatch.setattr(guarded, "resolve", resolve)
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
        monkeypatch.setenv("SSL_CERT_FILE", str(self.pem))
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        guarded._tls.cache_clear()
        monkeypatch.setattr(guarded, "_client", cache(self._client))

    def _client(self, reach: Reach) -> httpx.Client:
        self.clients.append(guarded._made(reach))
        return self.clients[-1]

    def close(self) -> None:
        """End the connections, for which a server's end would wait over TLS."""
        for client in self.clients:
            client.close()
        guarded._tls.cache_clear()
