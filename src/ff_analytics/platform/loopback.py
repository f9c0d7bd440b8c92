"""Which hosts are this machine. No Prefect here: it reads its settings when it is imported."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
