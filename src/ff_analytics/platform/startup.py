"""Prefect start-up hook: prerequisites of a command that prefect.yaml cannot declare.

`prefect deploy` refuses while the work pool is missing, and a worker that starts first makes a
process pool without our defaults, whatever the pool is called. So before both the declared pool
is made and alerts are switched on, and beside a worker the watch starts. A deploy also learns which
pool FF_WORK_POOL chooses, and the manifest is read strictly: Prefect itself takes mistyped keys and
secrets alike, and stops halfway at a module that it cannot import. Where no server answers, a
command says so in one sentence. And child processes must find the Python that runs this one, also
without an activated virtual environment.
"""

import asyncio
import atexit
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from prefect.plugins import register_hook

from ff_analytics.platform.loopback import LOOPBACK, bypass_proxies

if TYPE_CHECKING:
    from prefect.plugins import HookContext, SetupResult


_ASKS_THE_SERVER = ("deploy", "deployment", "flow-run", "work-pool", "artifact", "automation")
_ASKS_CLOUD = (*_ASKS_THE_SERVER, "worker")


def path_with_own_python(path: str) -> str:
    """PATH with the folder of the running interpreter in front."""
    own = str(Path(sys.executable).parent)
    others = [part for part in path.split(os.pathsep) if part and part != own]
    return os.pathsep.join([own, *others])


def words_of(command_line: list[str]) -> list[str]:
    """What follows `prefect …` or `python -m prefect …`, without options; [] for other programs."""
    names = [Path(word).name for word in command_line]
    if "prefect" not in names or "--help" in command_line:
        return []
    words = command_line[names.index("prefect") + 1 :]
    return [word for word in words if not word.startswith("-")]


def nothing_listens(url: str | None) -> bool:
    """True when `url` is an address of this machine and nothing listens there."""
    parts = urlsplit(url or "")
    if parts.hostname not in LOOPBACK:
        return False
    try:
        socket.create_connection((str(parts.hostname), parts.port or 80), 2).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        # Other errors are reported by the command itself.
        return False
    return False


async def before(words: list[str], url: str | None) -> None:
    """Check the prerequisites of the command; end it with one sentence if one is missing."""
    # Otherwise Prefect continues and hides the reason below a page of traceback.
    unreachable = SystemExit(
        f"No Prefect server answers at {url}. Start it in another terminal, in this folder: "
        "prefect server start"
    )
    if words[:1] and words[0] in _ASKS_THE_SERVER and nothing_listens(url):
        raise unreachable
    if words[:1] and words[0] in _ASKS_CLOUD:
        from ff_analytics.platform.api import cloud

        if wrong := cloud.misconfigured():
            raise SystemExit(wrong)
    if words[:1] == ["deploy"] or words[:2] == ["worker", "start"]:
        from ff_analytics.engine.base.errors import ConfigError
        from ff_analytics.platform.api.server import ServerUnreachable

        try:
            await _make_pools(words)
            await _switch_alerts_on(words)
            await _pause_unused(words)
        except ServerUnreachable:
            # A worker waits for its server itself.
            if words[0] == "deploy":
                raise unreachable from None
        except ConfigError as error:
            raise SystemExit(str(error)) from None
    if words[:2] == ["worker", "start"]:
        _begin_to_watch(url)


async def _pause_unused(words: list[str]) -> None:
    """Pause deployments of domains that `FF_DOMAINS` excludes, with a message.

    A deploy creates them, and resumes paused ones, so there it waits for the end of the command.
    """
    from ff_analytics.platform.state import domains

    async def switch() -> None:
        for line in await domains.switch():
            print(line)  # noqa: T201

    if words[0] != "deploy":
        await switch()
    elif domains.any_off():
        atexit.register(lambda: asyncio.run(switch()))


async def _make_pools(words: list[str]) -> None:
    """Create the pools of the deployments, or the pool of the worker."""
    from ff_analytics.platform import manifest
    from ff_analytics.platform.declared import files
    from ff_analytics.platform.state import pools

    declared = files.load().work_pools
    if words[0] == "deploy":
        # Before the server has seen anything: a secret that was sent must be revoked.
        manifest.refuse_broken(manifest.load(), words[1:])
        wanted = pools.in_use(declared)
    else:
        wanted = [pool for pool in declared if pool.name in words]
    for name in await pools.create_missing(wanted):
        print(f"Created work pool {name!r}.")  # noqa: T201


async def _switch_alerts_on(words: list[str]) -> None:
    """Block and automations as in the repository; errors of the server stop nothing."""
    from ff_analytics.engine.base.errors import FFError
    from ff_analytics.platform.state import alerting

    try:
        lines = await alerting.switch_on(update=words[0] == "deploy")
    except FFError:
        raise
    except Exception as error:
        lines = [f"Alerts could not be switched on ({type(error).__name__}): ff platform apply."]
    for line in lines:
        print(line)  # noqa: T201


def _begin_to_watch(url: str | None) -> None:
    """Start the watch with this worker, or report why there is none."""
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.platform.processes import watch_process

    settings = get_settings()
    if not settings.watch:
        line = "This worker starts no watch (FF_WATCH is false): ff watch."
    elif urlsplit(url or "").hostname not in LOOPBACK:
        line = "The server is on another machine; one watch has to run beside it: ff watch."
    else:
        watch_process.sign_in(watch_process.folder_of(settings))
        started = watch_process.start_watch(settings)
        line = "Started the watch" if started else "The watch runs"
        line += " beside this machine's workers: data/logs/watch.log."
    print(line)  # noqa: T201


def chosen_pool(words: list[str]) -> dict[str, str]:
    """What fills the pool's name in prefect.yaml: Prefect itself reads no FF_* of `.env`."""
    if words[:1] != ["deploy"]:
        return {}
    from ff_analytics.engine.base.settings import get_settings

    return {"FF_WORK_POOL": get_settings().work_pool}


def warm_folder(words: list[str]) -> dict[str, str]:
    """Where the worker's runs find their fork server; empty where they start plainly."""
    if words[:2] != ["worker", "start"]:
        return {}
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.platform.local.warm.client import FOLDER

    settings = get_settings()
    folder = (settings.data / "warm").absolute()
    # Elsewhere a fork is not safe (macOS), or a process cannot be held without its number.
    if not settings.warm_start or sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return {FOLDER: ""}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        return {FOLDER: ""}
    return {FOLDER: str(folder)}


@register_hook
async def setup_environment(*, ctx: "HookContext") -> "SetupResult":
    """Called by Prefect when it starts in this project's folder."""
    from prefect.plugins import SetupResult
    from prefect.settings import get_current_settings

    bypass_proxies(os.environ)
    if words := words_of(sys.orig_argv):
        await before(words, str(get_current_settings().api.url or ""))
    path = path_with_own_python(os.environ.get("PATH", ""))
    return SetupResult(env={"PATH": path, **chosen_pool(words), **warm_folder(words)})
