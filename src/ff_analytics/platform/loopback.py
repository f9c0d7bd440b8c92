"""Which hosts are this machine. No Prefect here: it reads its settings when it is imported."""

from collections.abc import MutableMapping

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def bypass_proxies(environment: MutableMapping[str, str]) -> None:
    """Add this machine to `NO_PROXY`: a proxy cannot reach the server that runs here."""
    for name in ("NO_PROXY", "no_proxy"):
        listed = [host.strip() for host in environment.get(name, "").split(",") if host.strip()]
        if listed != ["*"]:
            environment[name] = ",".join([*listed, *(h for h in LOOPBACK if h not in listed)])
