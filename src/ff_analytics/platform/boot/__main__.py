"""`ff units`: write what starts server, worker and watch with the machine."""

import argparse
import getpass
import sys
from pathlib import Path

from prefect.settings import get_current_settings

from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform.boot.units import ROLES, Manager, Place, Role, render, roles_here, units

_FOLDERS: dict[tuple[Manager, str], Path] = {
    ("systemd", "user"): Path.home() / ".config" / "systemd" / "user",
    ("systemd", "system"): Path("/etc/systemd/system"),
    ("launchd", "user"): Path.home() / "Library" / "LaunchAgents",
    ("launchd", "system"): Path("/Library/LaunchDaemons"),
}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def next_steps(manager: Manager, scope: str, folder: Path, names: list[str]) -> list[str]:
    """The commands that switch the written units on."""
    if manager == "launchd":
        domain = "system" if scope == "system" else "gui/$(id -u)"
        return [f"launchctl bootstrap {domain} {folder / name}" for name in names]
    control = "systemctl" if scope == "system" else "systemctl --user"
    lines = [f"{control} daemon-reload", f"{control} enable --now {' '.join(names)}"]
    if scope == "user":
        # Without it the units start when the user logs in, and stop when he logs out.
        lines.append(f"loginctl enable-linger {getpass.getuser()}")
    return lines


def write(files: dict[str, str], folder: Path) -> None:
    """Write what differs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        target = folder / name
        same = target.exists() and target.read_text() == text
        if not same:
            target.write_text(text)
        _say(f"{'in place' if same else 'wrote   '}  {target}")


def _roles(text: str) -> list[Role]:
    wrong = set(text.split(",")) - set(ROLES)
    if wrong:
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(wrong))}: not of {', '.join(ROLES)}")
    return [role for role in ROLES if role in text.split(",")]


def _ports(text: str) -> list[int]:
    return [int(port) for port in text.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ff units", description=__doc__)
    here = "launchd" if sys.platform == "darwin" else "systemd"
    parser.add_argument("--dry-run", action="store_true", help="print the files instead")
    parser.add_argument("--manager", choices=("systemd", "launchd"), default=here)
    parser.add_argument(
        "--scope",
        choices=("user", "system"),
        default="user",
        help="user: in your own folder (default); system: for all, needs root to write",
    )
    parser.add_argument("--user", default=getpass.getuser(), help="account, with --scope system")
    parser.add_argument("--name", default="ff-analytics", help="how the units' names begin")
    parser.add_argument("--to", type=Path, help="another folder to write to")
    parser.add_argument("--grace", type=int, default=300, help="seconds that runs get at a stop")
    parser.add_argument(
        "--roles",
        type=_roles,
        help=f"of {', '.join(ROLES)}, with commas; default: server, worker and watch",
    )
    parser.add_argument(
        "--api-ports", type=_ports, default=[4200], help="role api: a replica on each, as 4201,4202"
    )
    return parser.parse_args()


def main() -> int:
    """Parse, render, write or print; 2 when they cannot be written."""
    chosen = _options()
    folder = chosen.to or _FOLDERS[chosen.manager, chosen.scope]
    try:
        place = Place(
            user=chosen.user if chosen.scope == "system" else None,
            prefix=chosen.name,
            logs=get_settings().data / "logs",
            grace=chosen.grace,
        )
        prefect = get_current_settings()
        roles = chosen.roles or roles_here(str(prefect.api.url or ""))
        made = units(roles, chosen.grace, chosen.api_ports, prefect.server.api.host)
        files = render(chosen.manager, place, made)
        if chosen.dry_run:
            for name, text in files.items():
                _say(f"### {folder / name}\n{text}")
            return 0
        write(files, folder)
        # launchd does not make the folder of its logs.
        place.logs.mkdir(parents=True, exist_ok=True)
    except FFError as error:
        sys.stderr.write(f"boot-units: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"boot-units: {folder} could not be written ({error.strerror})\n")
        return 2
    _say("\nSwitch them on:")
    for line in next_steps(chosen.manager, chosen.scope, folder, list(files)):
        _say(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
