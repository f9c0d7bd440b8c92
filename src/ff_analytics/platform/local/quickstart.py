"""`scripts/quickstart`: from nothing to valued players, through a real server and worker."""

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform import env_file
from ff_analytics.platform.local import already_running, app
from ff_analytics.platform.local.drain import drain, runs_of
from ff_analytics.platform.local.readable import prepare_streams
from ff_analytics.platform.log import lines
from ff_analytics.platform.loopback import LOOPBACK, bypass_proxies
from ff_analytics.platform.processes import services, watch_process
from ff_analytics.platform.processes.process_table import processes

# Seconds until a run that no worker picks up is abandoned.
PATIENCE = 90
POOL = "local-process-pool"
START = time.monotonic()
_WARM_UP = """
from ff_analytics.engine.lake.attach.extensions import extension_directory
extension_directory()
import dbt.cli.main, dbt.adapters.duckdb, dataframely, prefect.workers.process, prefect.flow_engine
import flows.analytics, flows.ingest
"""


class RunFailed(FFError):
    """A flow run ended in another state than Completed."""

    kind = "run"


def discard_output() -> None:
    """After `quickstart | head`: output during an orderly stop is discarded."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_log = lines(lambda: f"[{time.monotonic() - START:5.1f} s] ")


def log(line: str) -> None:
    """A progress line with the seconds since the start."""
    try:
        _log(line)
    except BrokenPipeError:
        discard_output()
        raise KeyboardInterrupt from None


def reach(port: int) -> dict[str, str]:
    """Point this process, its children and later terminals at the server on `port`."""
    env_file.update(env_file.for_port(port))
    values = {key: value for key, value in env_file.read().items() if key.startswith("PREFECT_")}
    os.environ.update(values)
    return values


def warm_up(stack: ExitStack) -> None:
    """Import what the flow runs need in a separate process while the server starts.

    The server keeps one core busy for ten seconds. Meanwhile the other one compiles the bytecode
    of a fresh environment and unpacks the DuckDB extensions.
    """
    warm = subprocess.Popen([sys.executable, "-c", _WARM_UP], stderr=subprocess.DEVNULL)
    stack.callback(warm.wait)
    stack.callback(warm.kill)


def bring_in_step() -> None:
    """`ff platform apply`: pool, alerts, deployments with their schedules."""
    import asyncio

    from ff_analytics.platform.state import work

    log("ff platform apply: work pool, alerts, deployments")
    done = asyncio.run(work.apply())
    for remark in [*done.remarks, *done.plan.notes]:
        log(f"note: {remark}")
    if done.failed:
        raise services.ServiceFailed(f"Not in step: {'; '.join(done.failed)}. Run it again.")


def run_and_follow(deployment: str, alive: "services.Alive") -> None:
    """Start a run, show its stages; `RunFailed` with the reason when it does not complete."""
    from ff_analytics.platform.api import rest
    from ff_analytics.platform.api.advice import reason_of
    from ff_analytics.platform.api.follow import follow
    from ff_analytics.platform.api.trigger import trigger

    with rest.client() as api:
        run = trigger(api, deployment, {})
        state = follow(api, run["id"], lambda line: log(f"  {line}"), alive, unclaimed=PATIENCE)
    if state["type"] != "COMPLETED":
        reason = reason_of(state["type"], state.get("message"))
        raise RunFailed(
            f"{deployment} {state['type'].lower()}: {reason.line()}\n{reason.advice}\n"
            f"Its stages: ff runs {run['id'][:8]}"
        )


def load_sample(alive: "services.Alive") -> None:
    """Ingest the sample league, unless the lake already contains real players."""
    from ff_analytics.engine.ingest import holds_real_rows

    if holds_real_rows(get_settings()):
        log("the lake contains real NFL data: the sample league is skipped")
        return
    log("ingest/sample: writing and loading the sample league")
    run_and_follow("ingest/sample", alive)


def show_result(url: str) -> None:
    """The top 15 as a table, and where everything is."""
    import polars as pl
    from rich.console import Console
    from rich.table import Table

    from ff_analytics.engine.products.outputs import output_at

    settings = get_settings()
    published = output_at("player_valuation/latest.parquet", settings)
    frame = pl.read_parquet(published.opened() or published.place).sort("overall_rank").head(15)
    table = Table(
        title=f"Top 15 of {frame['league'][0]}, season {frame['season'][0]}",
        title_justify="left",
    )
    columns = {
        "overall_rank": "#",
        "player_name": "player",
        "position": "pos",
        "team": "team",
        "games": "games",
        "total_points": "points",
        "vor": "VOR",
        "war": "WAR",
        "auction_value": "$",
        "tier": "tier",
        "p10": "floor",
        "p90": "ceiling",
    }
    for name, title in columns.items():
        numeric = frame.schema[name].is_numeric()
        table.add_column(title, justify="right" if numeric else "left", no_wrap=True)
    for row in frame.select(*columns).iter_rows():
        table.add_row(*(f"{v:.1f}" if isinstance(v, float) else str(v) for v in row))
    # Pipes and CI logs have no width of their own; do not let the table wrap there.
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    print(f"  report   {settings.reports_dir / 'valuation.html'}")  # noqa: T201
    print(f"  parquet  {published.place}")  # noqa: T201
    print(f"  UI       {url}   (login: PREFECT_API_AUTH_STRING in .env)")  # noqa: T201


def stop_worker(worker: services.Service) -> None:
    """Let runs finish first: Prefect's own stop would kill them and leave them Running."""
    try:
        if runs_of(worker.process.pid, processes()):
            log("waiting up to 30 s for the active runs")
            # An answer that does not come is no reason to leave the worker running.
            with suppress(Exception):
                drain(POOL, 30, worker.process.pid)
    finally:
        worker.stop()


def stay(running: list[services.Service]) -> None:
    """Watch our processes until Ctrl-C; a dead one is an error."""
    names = ", ".join(service.name for service in running)
    log(f"{names}: running until Ctrl-C; schedules are active.")
    while True:
        for service in running:
            service.check()
        time.sleep(1)


def go(asked: int | None, leave: bool, stack: ExitStack) -> None:
    """All steps; started services are stopped when `stack` closes."""
    if (chosen := get_settings().work_pool) != POOL:
        raise ConfigError(
            f"The quickstart runs everything in {POOL}, and FF_WORK_POOL is {chosen}. Unset it for "
            "the quickstart, or use the commands of docs/scale-out.md."
        )
    there = env_file.read().get("PREFECT_API_URL", "")
    if there and (urlsplit(there).hostname not in LOOPBACK):
        raise ConfigError(
            f"PREFECT_API_URL in .env is {there}, and the quickstart would put its own server "
            "there instead. Use ff platform apply and prefect worker start, or take it out."
        )
    settings = get_settings()
    port, ours = already_running.choose_port(asked)
    if not stack.enter_context(already_running.only_quickstart(settings)) and not ours:
        raise ConfigError(
            "Another quickstart of this folder runs, or is just starting. Wait until it shows its "
            "table and leave --port out to use its server, or stop it first (Ctrl-C there)."
        )
    values = reach(port)
    url = f"http://127.0.0.1:{port}"
    running: list[services.Service] = []

    def alive() -> None:
        for service in running:
            service.check()

    start_server_and_worker(port, ours, values, running, stack)
    load_sample(alive)
    log("analytics/valuation: running through the worker")
    run_and_follow("analytics/valuation", alive)
    show_result(url)
    if not leave:
        start_watch_and_app(values, running, stack)
        if running:
            stay(running)
        else:
            log("server, worker, watch and app run already and go on. Nothing was started twice.")


def start_server_and_worker(
    port: int,
    ours: bool,
    values: dict[str, str],
    running: "list[services.Service]",
    stack: ExitStack,
) -> None:
    """What of both does not run yet, with the server in step with the repo."""
    logs, url = get_settings().data / "logs", f"http://127.0.0.1:{port}"
    if ours:
        log(f"server already running at {url}")
    else:
        log(f"starting the Prefect server at {url} (about 10 s)")
        warm_up(stack)
        running.append(services.start_server(port, logs / "server.log", values))
        stack.callback(running[-1].stop)
    bring_in_step()
    if ours and already_running.worker_runs(POOL):
        log(f"a worker of {POOL} already runs for this folder: no second one is started")
        return
    log(f"starting a worker of {POOL}")
    name = f"quickstart-{os.getpid()}"
    running.append(services.start_worker(POOL, logs / "worker.log", values, name))
    stack.callback(stop_worker, running[-1])


def start_watch_and_app(
    values: dict[str, str], running: "list[services.Service]", stack: ExitStack
) -> None:
    """What of both does not run yet; the address of the app in any case."""
    settings = get_settings()
    logs = settings.data / "logs"
    if not already_running.watch_runs(watch_process.folder_of(settings)):
        running.append(services.start_watch(logs / "watch.log", values))
        stack.callback(running[-1].stop)
    if app.address(values):
        app.show(values, log)
    elif served := app.start(logs / "app.log", values, log):
        running.append(served)
        stack.callback(served.stop)
        app.show(values, log)


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    """Parse, run, explain; 0 when the table was shown."""
    parser = argparse.ArgumentParser(prog="scripts/quickstart", description=__doc__)
    parser.add_argument("--port", type=int, help="port of the Prefect server (default: a free one)")
    parser.add_argument("--exit", action="store_true", help="stop server and worker at the end")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    bypass_proxies(os.environ)
    prepare_streams()
    with ExitStack() as stack:
        try:
            go(options.port, options.exit, stack)
        except KeyboardInterrupt:
            log("stopping")
        except BrokenPipeError:
            discard_output()
        except FFError as error:
            sys.stderr.write(f"\nquickstart: {error}\n")
            sys.stderr.write(f"Logs: {Path(get_settings().data / 'logs')}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
