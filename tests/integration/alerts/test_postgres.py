"""Thirty failures at once with the server on Postgres, the watch running beside it."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from prefect.states import Failed

from ff_analytics.platform.processes import services
from tests.fakes import discord, postgres
from tests.integration.alerts.conftest import Alerting, deploy_probes, script
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
SETTLE = 4.0


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alerting]:
    """A server without a worker: the runs are ended by hand."""
    folder = tmp_path_factory.mktemp("on-postgres")
    port = services.free_port()
    with postgres.serve("prefect") as database, discord.serve(folder / "discord") as fake:
        env = {
            **services.reach(folder, port),
            **fake.env(),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.url("prefect"),
        }
        with services.start_server(port, folder / "server.log", env):
            applied = script(env, "platform", "apply")
            assert applied.returncode == 0, applied.stdout + applied.stderr
            site = Alerting(env, fake, folder, applied)
            site.probes = site.ask(deploy_probes())
            with services.start_watch(folder / "watch.log", env):
                yield site


def test_thirty_failures_at_once_are_thirty_messages(on_postgres: Alerting) -> None:
    on_postgres.end(*[Failed(message=f"compute: source: burst {n}.") for n in range(30)])
    on_postgres.discord.wait_for("`burst ", count=30)
    time.sleep(SETTLE)
    arrived = [text for text in on_postgres.discord.arrived() if "burst" in text]
    assert Counter(text.splitlines()[1] for text in arrived) == {
        f"`burst {n}.`": 1 for n in range(30)
    }
    healthy = services.prefect(["deployment", "ls"], on_postgres.env)
    assert healthy.returncode == 0, healthy.stderr


def test_the_databases_password_is_nowhere_in_the_folder(on_postgres: Alerting) -> None:
    word = postgres.PASSWORD.encode()
    files = [file for file in on_postgres.folder.rglob("*") if file.is_file()]
    assert [str(file) for file in files if word in file.read_bytes()] == []
