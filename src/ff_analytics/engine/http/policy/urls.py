"""Which addresses may be read, and which addresses the answers of a source may lead to.

`check_url` checks addresses that the user configured. `Reach` checks addresses in answers:
redirects, next pages, report and result files.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from ff_analytics.engine.base.errors import ConfigError, SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
# Global by its number, but it answers virtual machines of one cloud with their secrets.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def public(url: str) -> str:
    """`url` without user, password, query and fragment, which may contain secrets: for messages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is no URL"
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, query="", fragment="").geturl()


def is_loopback(host: str | None) -> bool:
    """True for this machine's own addresses."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_url(url: str) -> str:
    """Return `url` if it may be configured: https, http on this machine, or a local file://.

    Raises `ConfigError` for anything else: what travels in clear can be changed on the way.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError("The address is not a URL: write https://host/path.") from None
    if parts.scheme == "https" and host:
        return url
    if parts.scheme == "http" and is_loopback(host):
        return url
    if parts.scheme == "file" and host in (None, "localhost") and parts.path.startswith("/"):
        return url
    raise ConfigError(
        f"{public(url)!r} is not allowed: use https://, http:// on 127.0.0.1 or localhost, "
        "or file:///absolute/folder."
    )


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address embeds, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def is_public(text: str) -> bool:
    """True for an address of the internet: not loopback, link-local, private, or metadata."""
    address = _embedded(ipaddress.ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast and address not in _METADATA


@dataclass(frozen=True)
class Reach:
    """How far the answers of one configured source may lead.

    The scheme stays. The configured host and port are always allowed; any other host only if all
    its addresses are public, and it gets no credentials.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, configured: str) -> "Reach":
        """The reach of the address that the user configured; `ConfigError` if it is a file."""
        parts = urlsplit(check_url(configured))
        if parts.scheme not in _PORTS:
            raise ConfigError(f"{public(configured)!r} is a file; use an https:// address here.")
        return cls(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])

    def is_home(self, host: str, port: int | None) -> bool:
        """True for the configured host and port."""
        return (host.lower(), port or _PORTS[self.scheme]) == (self.host, self.port)

    def check(self, url: str) -> str:
        """Return `url` if an answer may lead there, according to its text; else `SourceError`."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise self.refusal(url, "which is no URL") from None
        if parts.scheme != self.scheme or not host:
            raise self.refusal(url, f"which is not {self.scheme}")
        if self.is_home(host, port):
            return url
        if self.scheme == "http":
            raise self.refusal(url, "which is another service, or not encrypted")
        try:
            addresses = [str(ipaddress.ip_address(host))]
        except ValueError:
            addresses = ["127.0.0.1"] if is_loopback(host) else []
        self.admit(url, addresses)
        return url

    def admit(self, url: str, addresses: list[str]) -> None:
        """Raise `SourceError` unless all `addresses` of another host are public."""
        if not all(map(is_public, addresses)):
            raise self.refusal(url, "which is an address of this machine or of a private network")

    def refusal(self, url: str, why: str) -> SourceError:
        """The error for an address beyond the reach."""
        return SourceError(
            f"{self.scheme}://{self.host}:{self.port} leads to {public(url)}, {why}. It was not "
            "followed. If that is where the data is, configure it as the source's own address."
        )
