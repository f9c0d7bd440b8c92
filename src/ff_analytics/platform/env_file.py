"""Write `.env`: this folder's Prefect server address, home and generated password.

Prefect and ff_analytics read it by themselves. Existing lines are kept; only missing
ones are added, so it is safe to run on every start.
"""

import secrets
import sys
from pathlib import Path

from ff_analytics.engine.base.atomic import replace_text

# Not from the settings: `ff trigger` has no time for them.
FILE = Path(__file__).resolve().parents[3] / ".env"
DEFAULT_PORT = 4200


def read(file: Path = FILE) -> dict[str, str]:
    """Assignments of the file; comments and blank lines are passed over."""
    if not file.exists():
        return {}
    pairs = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    return {
        key.strip(): value.strip().strip("\"'")
        for key, _, value in pairs
        if not key.lstrip().startswith("#")
    }


def for_port(port: int) -> dict[str, str]:
    """The lines that depend on the server's port."""
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        # Any other page's scripts may not talk to the API from the user's browser.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": (
            f"http://127.0.0.1:{port},http://localhost:{port}"
        ),
    }


def update(values: dict[str, str], file: Path = FILE) -> None:
    """Set these lines, keep all others, in place and readable by the owner only."""
    lines = file.read_text().splitlines() if file.exists() else []
    left = dict(values)
    kept = []
    for line in lines:
        key = line.partition("=")[0].strip()
        kept.append(f"{key}={left.pop(key)}" if key in left else line)
    lines = [*kept, *(f"{k}={v}" for k, v in left.items())]
    replace_text(file, "\n".join(lines) + "\n", mode=0o600)


def ensure(file: Path = FILE) -> bool:
    """Add missing settings; True when the file was created."""
    known = read(file)
    # A Prefect server without a password hands out block secrets to any local page.
    login = known.get("PREFECT_SERVER_API_AUTH_STRING") or f"admin:{secrets.token_urlsafe(16)}"
    wanted = {
        "PREFECT_HOME": str(file.parent / ".prefect"),
        # Else the server copies its pages into the package, for all servers of the environment.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(file.parent / ".prefect" / "ui"),
        **for_port(DEFAULT_PORT),
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_AUTH_STRING": login,
    }
    # With another server's address (Prefect Cloud, a colleague's) nothing local is added.
    if known.get("PREFECT_API_URL", "http://127.0.0.1").startswith("http://127.0.0.1"):
        missing = {key: value for key, value in wanted.items() if key not in known}
        if missing:
            update(missing, file)
    return not known


if __name__ == "__main__":
    if ensure():
        sys.stdout.write(f"bootstrap: wrote {FILE.name} (server address and a new password)\n")
