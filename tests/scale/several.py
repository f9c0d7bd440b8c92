"""Several machines: two API replicas behind a proxy, services, watch, two workers.

Postgres and Redis are real and may be restarted. The first host holds both of them, the proxy,
one replica, services and watch; the second replica and each worker have a host of their own.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import httpx
import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes.services import free_port
from tests.fakes import discord, postgres, redis
from tests.fakes.discord import Discord
from tests.fakes.postgres import Postgres
from tests.fakes.redis import Redis
from tests.faults.site import POOL, Site
from tests.scale.hosts import Host, hosts, tail
from tests.waiting import until

PROXY = PROJECT_ROOT / "deployments" / "compose" / "nginx.conf.template"


def prefect_env(database: Postgres, messages: Redis, url: str) -> dict[str, str]:
    """What the .env of such a platform holds, as docs/scale-out.md says."""
    return {
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_API_AUTH_STRING": "admin:test-only",
        "PREFECT_API_AUTH_STRING": "admin:test-only",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": url.removesuffix("/api"),
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.url("prefect"),
        "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_REDIS_MESSAGING_URL": messages.url(0),
        "PREFECT_SERVER_DOCKET_URL": messages.url(1),
        "PREFECT_REDIS_MESSAGING_CONSUMER_MAX_RETRIES": "100",
        "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500,504",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    }


@dataclass
class Several(Site):
    """The platform, and what its tests break."""

    hosts: dict[str, Host]
    postgres: Postgres
    redis: Redis
    discord: Discord
    api_ports: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> Host:
        return self.hosts["first"]

    def logs(self) -> str:
        return "\n".join(f"{log}:\n{tail(log, 25)}" for log in self.folder.glob("*/*.log"))

    def migrate(self) -> None:
        done = self.module("prefect", "server", "database", "upgrade", "-y")
        assert done.returncode == 0, done.stdout + done.stderr

    def start_replica(self, host: str) -> None:
        """An API replica, answering when this returns."""
        at, port = self.hosts[host].address, self.api_ports.setdefault(host, free_port())
        words = ["server", "start", "--no-services", "--host", at, "--port", str(port)]
        # Two that note the types of blocks in a new database at once: one of them would die.
        own = {
            "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": str(host == "first"),
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self.hosts[host].folder / "ui"),
        }
        self.hosts[host].python("api", "prefect", *words, env=self.env | own)

        def ready() -> bool:
            self.hosts[host].check()
            try:
                return httpx.get(f"http://{at}:{port}/api/ready", trust_env=False).is_success
            except httpx.HTTPError:
                return False

        until(f"the replica on {host} is ready", ready, self.logs)

    def start_services(self) -> None:
        env = self.env | self.discord.env()
        self.first.python("services", "prefect", "server", "services", "start", env=env)

    def start_proxy(self) -> None:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        if not Path(program).exists():
            pytest.skip("nginx is not installed (Debian and Ubuntu: apt-get install nginx-light)")
        folder = self.first.folder / "nginx"
        folder.mkdir(parents=True)
        servers = "".join(f"server {self.hosts[h].address}:{p};" for h, p in self.api_ports.items())
        values = {"FF_API_SERVERS": servers, "FF_PROXY_LISTEN": f"{self.first.address}:{self.port}"}
        site = Template(PROXY.read_text()).safe_substitute(values)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {folder};" for kind in kinds)
        own = f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; user root;"
        http = f"http {{ access_log off; {paths} {site} }}"
        (folder / "nginx.conf").write_text(f"{own} events {{}} {http}")
        words = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        self.first.start("proxy", words, {})

    def start_worker(self, host: str, name: str = "worker", limit: int = 2) -> None:
        """A worker that takes runs, with data of its own and the lake of all."""
        at = self.hosts[host]
        words = ["worker", "start", "--pool", POOL, "--name", f"{host}-{name}"]
        env = self.env | {"FF_DATA_DIR": str(at.folder), "FF_WATCH": "false"}
        at.python(name, "prefect", *words, "--limit", str(limit), env=env)

        def started() -> bool:
            at.check()
            return "started!" in at.log(name).read_text(errors="replace")

        until(f"the worker on {host} has started", started, self.logs)

    def start_watch(self, silence: float, name: str = "watch") -> None:
        """The watch; it takes a run elsewhere for dead after `silence` seconds."""
        code = (
            "import asyncio; from pathlib import Path; from datetime import timedelta;"
            "from ff_analytics.platform.watch.findings import Limits;"
            "from ff_analytics.platform.watch.loop import forever;"
            f"silence = timedelta(seconds={silence});"
            f"asyncio.run(forever(Path({str(self.first.folder / 'open.json')!r}),"
            " Limits(heartbeat=silence, pending=silence, unclaimed=silence), 5))"
        )
        env = self.env | {"FF_DATA_DIR": str(self.first.folder)}
        self.first.start(name, [sys.executable, "-c", code], env)

    def deploy(self, *names: str) -> None:
        """The pool, deployments of the numbers flow, and the alerts as the repo declares them."""
        self.env |= self.discord.env()
        done = self.module("tests.scale.deploy_numbers", *names)
        self.env = {k: v for k, v in self.env.items() if k not in self.discord.env()}
        assert done.returncode == 0, done.stderr

    def submit_numbers(
        self, deployment: str, wanted: Sequence[int], **given: object
    ) -> dict[str, int]:
        """A run per number, made through the proxy; the numbers by run id."""
        known = f"numbers/{deployment}"
        with ThreadPoolExecutor(4) as pool:
            ask = lambda n: self.submit(known, {"number": n, **given})  # noqa: E731
            return dict(zip(pool.map(ask, wanted), wanted, strict=True))

    def states(self, runs: dict[str, int]) -> dict[str, str]:
        """State type by run id."""
        wanted = list(runs)
        found = []
        for at in range(0, len(wanted), 200):
            some = {"flow_runs": {"id": {"any_": wanted[at : at + 200]}}}
            found += self.api("POST", "/flow_runs/filter", **some)
        return {run["id"]: run["state_type"] for run in found}


@contextmanager
def several(folder: Path) -> Iterator[Several]:
    """Everything but workers and watch, which a test starts as it needs them."""
    with (
        hosts(folder, "first", "second", "third", "fourth") as made,
        postgres.serve("prefect", "lake", host=made["first"].address) as database,
        redis.serve(folder / "redis", made["first"].address) as messages,
        discord.serve(folder / "discord") as fake,
    ):
        port = free_port()
        (folder / "notes").mkdir()
        env = prefect_env(database, messages, f"http://{made['first'].address}:{port}/api")
        env |= {
            "FF_LAKE_CATALOG": f"postgres:{database.dsn('lake')}",
            "FF_LAKE_DATA": str(folder / "lake"),
            "FF_TEST_NOTES": str(folder / "notes"),
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        (folder / "lake").mkdir()
        platform = Several(folder, env, port, made, database, messages, fake)
        platform.migrate()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(platform.start_replica, ("first", "second")))
        platform.start_proxy()
        platform.start_services()
        yield platform
