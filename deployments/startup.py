"""Prefect start-up hook: what a command needs that prefect.yaml cannot say.

`prefect deploy` refuses while the work pool is missing, and only a worker start makes one;
so before a deploy the declared pools are made. And child processes must find the Python
that runs this one, also where nobody activated the virtual environment.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prefect.plugins import register_hook

if TYPE_CHECKING:
    from prefect.plugins import HookContext, SetupResult


def path_with_own_python(path: str) -> str:
    """PATH with the folder of the running interpreter in front."""
    own = str(Path(sys.executable).parent)
    others = [part for part in path.split(os.pathsep) if part and part != own]
    return os.pathsep.join([own, *others])


def is_deploy(command_line: list[str]) -> bool:
    """True for `prefect deploy …` and `python -m prefect deploy …`, also after options."""
    names = [Path(word).name for word in command_line]
    if "prefect" not in names:
        return False
    words = command_line[names.index("prefect") + 1 :]
    return next((word for word in words if not word.startswith("-")), "") == "deploy"


async def make_pools() -> None:
    """Create the pools that are missing; end the command when no server answers."""
    import httpx
    from prefect.settings import PREFECT_API_URL

    from deployments.platform.pools import create_missing

    try:
        for name in await create_missing():
            print(f"Created work pool {name!r}.")  # noqa: T201
    except httpx.ConnectError:
        # Else Prefect would go on and bury the reason below a page of traceback.
        raise SystemExit(
            f"No Prefect server answers at {PREFECT_API_URL.value()}. Start it in another "
            "terminal, in this folder: prefect server start"
        ) from None


@register_hook
async def setup_environment(*, ctx: "HookContext") -> "SetupResult":
    """Called by Prefect when it starts in this project's folder."""
    from prefect.plugins import SetupResult

    if is_deploy(sys.orig_argv):
        await make_pools()
    return SetupResult(env={"PATH": path_with_own_python(os.environ.get("PATH", ""))})
