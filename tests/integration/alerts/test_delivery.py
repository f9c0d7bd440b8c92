"""What people read in Discord when runs end, through server, worker, automations and TLS."""

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Completed, Crashed, Failed

from ff_analytics.platform.alerts import delivery
from ff_analytics.platform.watch import episodes, loop, observe
from ff_analytics.platform.watch.memory import State
from tasks.policy import failed_with
from tests.fakes import discord
from tests.integration.alerts.conftest import Alerting
from tests.waiting import LIMIT, PATIENCE, until

pytestmark = pytest.mark.timeout(LIMIT)
# Longer than the server takes from a failure to the message.
SETTLE = 4.0


async def start(deployments: list[UUID]) -> list[FlowRun]:
    async with get_client() as client:
        return [await client.create_flow_run_from_deployment(d) for d in deployments]


async def start_by_name(names: list[str]) -> list[FlowRun]:
    async with get_client() as client:
        known = [await client.read_deployment_by_name(name) for name in names]
    return await start([deployment.id for deployment in known])


async def ended(runs: list[FlowRun]) -> list[FlowRun]:
    deadline = time.monotonic() + PATIENCE
    async with get_client() as client:
        while True:
            now = [await client.read_flow_run(run.id) for run in runs]
            if all(run.state and run.state.is_final() for run in now):
                return now
            assert time.monotonic() < deadline, [(run.name, run.state_name) for run in now]
            await asyncio.sleep(0.5)


@pytest.fixture(scope="module")
def runs(alerting: Alerting) -> dict[str, FlowRun]:
    """Real runs in the worker's processes, one per kind (two that warn), all ended."""
    kinds = [kind for kind in alerting.probes if kind != "by-hand"]
    started = alerting.ask(start([alerting.probes[kind] for kind in [*kinds, "warned"]]))
    finished = alerting.ask(ended(started))
    time.sleep(SETTLE)
    return dict(zip(kinds, finished, strict=False))


def only(alerting: Alerting, words: str) -> str:
    found = alerting.discord.wait_for(words)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("kind", "sign", "line", "advice"),
    [
        ("configuration", "⚠️", "There is no league 'x'.", "Correct what is named"),
        ("contract", "🔴", "probe: the output breaks its contract: vor_range x 3.", "The previous"),
        ("dbt", "🔴", "dbt test unique_player failed: 2 rows. SQL: target/x.sql", "The mart keeps"),
    ],
)
def test_a_failed_run_tells_what_where_and_what_to_do(
    alerting: Alerting, runs: dict[str, FlowRun], kind: str, sign: str, line: str, advice: str
) -> None:
    lines = only(alerting, f"probe/{kind}**").splitlines()
    assert lines[0] == f"{sign} **probe/{kind}** failed in compute ({kind})"
    assert lines[1] == f"`{line}`"
    assert lines[2].startswith(f"**Do:** {advice}")
    run = runs[kind]
    assert lines[3] == f"Run {run.name}: <{alerting.ui}/runs/flow-run/{run.id}>"
    assert len(lines) == 4
    assert run.state_name
    assert run.state_name.startswith(f"Failed in compute ({kind}, ")


def test_an_unforeseen_error_is_a_siren(alerting: Alerting, runs: dict[str, FlowRun]) -> None:
    lines = only(alerting, "probe/unforeseen**").splitlines()
    assert lines[:2] == ["🚨 **probe/unforeseen** failed in flow (KeyError)", "`'vor'`"]


def test_a_killed_process_is_told_once(alerting: Alerting, runs: dict[str, FlowRun]) -> None:
    lines = only(alerting, "probe/killed**").splitlines()
    assert runs["killed"].state_name == "Crashed"
    assert lines[0] == "🚨 **probe/killed** crashed"
    assert "-9" in lines[1]


def test_two_warnings_about_a_dataset_are_one_message(
    alerting: Alerting, runs: dict[str, FlowRun]
) -> None:
    text = only(alerting, "raw_probe.rows")
    assert text[0] == "\N{INFORMATION SOURCE}"
    assert " raw_probe.rows: row change: 10 to 3 rows (-70%).\nThe run goes on." in text
    assert runs["warned"].state_name == "Completed"


def test_a_retry_that_helps_is_silent(alerting: Alerting, runs: dict[str, FlowRun]) -> None:
    assert runs["retried"].state_name == "Completed"
    assert not [text for text in alerting.discord.arrived() if "retried" in text]


def test_equal_failures_within_the_hour_are_one_message(alerting: Alerting) -> None:
    alerting.end(*[Failed(message="compute: source: equal")] * 5)
    time.sleep(SETTLE)
    assert len([text for text in alerting.discord.arrived() if "`equal`" in text]) == 1


def test_failures_that_differ_in_a_number_only_are_one_message(alerting: Alerting) -> None:
    lines = [f"load-mart: lake-missing: no snapshot {number} here." for number in range(411, 416)]
    alerting.end(*[failed_with(line) for line in lines])
    alerting.discord.wait_for("no snapshot")
    time.sleep(SETTLE)
    assert len([text for text in alerting.discord.arrived() if "no snapshot" in text]) == 1


@pytest.fixture(scope="module")
def state() -> State:
    """What the watch has reported: one state for all looks, as in a process that goes on."""
    return State()


def test_a_failure_after_a_completed_run_is_told_although_it_is_equal(
    alerting: Alerting, state: State
) -> None:
    failure = failed_with("compute: source: now and then")
    alerting.end(failure)
    only(alerting, "`now and then`")
    alerting.end(Completed())
    alerting.end(failure)
    # The server writes its events in batches; only then can the watch know what was alerted.
    time.sleep(2 * SETTLE)
    alerting.ask(watch_tells(state, datetime.now(UTC) + timedelta(minutes=2)))
    assert "after it had completed, as before" in only(alerting, "failed-again: probe/by-hand")


async def watch_tells(state: State, now: datetime) -> None:
    async with get_client() as client:
        found = await episodes.look(client, await observe.deployment_names(client), now)
        state.news(found)
        await loop.send(state.outbox)
        state.outbox.clear()


async def name_of(run: UUID) -> str:
    async with get_client() as client:
        return (await client.read_flow_run(run)).name


def test_the_watch_counts_what_was_held_back_and_announces_the_end(
    alerting: Alerting, state: State
) -> None:
    alerting.end(*[Failed(message="compute: source: again and again")] * 3)
    only(alerting, "`again and again`")
    time.sleep(SETTLE)
    # The server writes its events in batches; only then can the watch know what was alerted.
    time.sleep(SETTLE)
    alerting.ask(watch_tells(state, datetime.now(UTC) + timedelta(minutes=61)))
    text = only(alerting, "failed 3 times")
    assert text.startswith("⚠️ repeated: probe/by-hand failed 3 times with the same error from ")
    completed = alerting.ask(name_of(*alerting.end(Completed())))
    # Twice: what was announced is not announced again.
    alerting.ask(watch_tells(state, datetime.now(UTC)))
    alerting.ask(watch_tells(state, datetime.now(UTC)))
    announced = f"✅ recovered: probe/by-hand ({completed}) completed again after "
    only(alerting, announced)
    time.sleep(SETTLE)
    assert only(alerting, announced).startswith(announced)


def test_thirty_at_once_are_thirty_messages(alerting: Alerting) -> None:
    alerting.end(*[Failed(message=f"compute: source: burst {n}.") for n in range(30)])
    alerting.discord.wait_for("`burst ", count=30)
    time.sleep(SETTLE)
    found = Counter(text.splitlines()[1] for text in alerting.discord.arrived() if "burst" in text)
    assert found == {f"`burst {n}.`": 1 for n in range(30)}


def test_cancelled_and_completed_runs_are_silent(alerting: Alerting) -> None:
    silent = alerting.end(Cancelled(message="by hand"), Completed(message="well"))
    # An alert that was asked for later has arrived: theirs would have, too.
    alerting.end(Failed(message="compute: source: after the silent ones."))
    alerting.discord.wait_for("`after the silent ones.`")
    time.sleep(SETTLE)
    told = "\n".join(alerting.discord.arrived())
    assert not [run for run in silent if str(run) in told]


def test_a_text_of_any_length_arrives(alerting: Alerting) -> None:
    alerting.end(Crashed(message="long " + "@everyone " * 2000))
    text = only(alerting, "`long ")
    assert len(text) <= 2000
    assert "@everyone" not in text
    assert text.splitlines()[-1].endswith(">")


async def undelivered() -> list[delivery.Delivery]:
    async with get_client() as client:
        return await delivery.undelivered(client, datetime.now(UTC))


async def redeliver() -> list[str]:
    async with get_client() as client:
        return await delivery.Redelivery().round(client, datetime.now(UTC))


def until_undelivered(alerting: Alerting) -> delivery.Delivery:
    found: list[delivery.Delivery] = []

    def seen() -> bool:
        found[:] = alerting.ask(undelivered())
        return bool(found)

    until("the server notes what was not delivered", seen, every=0.5)
    assert len(found) == 1
    return found[0]


def doctors_line(alerting: Alerting) -> dict[str, str]:
    done = alerting.script("doctor", "--json")
    lines: list[dict[str, str]] = json.loads(done.stdout)
    return next(line for line in lines if line["what"] == "alerts")


# apprise, which Prefect sends with, imports a module that Python 3.11 calls deprecated.
@pytest.mark.filterwarnings("ignore:.imghdr.:DeprecationWarning")
@pytest.mark.parametrize(("status", "seconds"), [(0, 0), (404, 0), (503, 20), (0, 600)], ids=str)
def test_what_discord_does_not_take_is_seen_and_sent_later(
    alerting: Alerting, status: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in alerting.discord.env().items():
        monkeypatch.setenv(name, value)
    alerting.discord.fail(status, seconds=seconds)
    told = f"answered {status} after {seconds} s"
    (run,) = alerting.end(Failed(message=f"compute: source: {told}"))
    failed = until_undelivered(alerting)
    assert failed.reason.startswith("Notification failed: ")
    assert discord.WEBHOOK_TOKEN not in failed.reason
    assert alerting.ask(state_of(run)) == "Failed"
    assert "1 not delivered" in doctors_line(alerting)["found"]
    alerting.discord.fail(500)
    assert "still not delivered" in alerting.ask(redeliver())[0]
    assert "delivered late" in alerting.ask(redeliver())[0]
    assert alerting.ask(redeliver()) == []
    text = only(alerting, told)
    assert text.startswith("(late, of ")
    assert f"/runs/flow-run/{run}>" in text


async def state_of(run: UUID) -> str | None:
    async with get_client() as client:
        try:
            return (await client.read_flow_run(run)).state_name
        except ObjectNotFound:
            return None


def test_a_busy_discord_is_asked_again(alerting: Alerting) -> None:
    alerting.discord.fail(429)
    alerting.end(Failed(message="compute: source: too many requests"))
    assert only(alerting, "too many requests")


def test_notify_test_says_what_arrived(alerting: Alerting) -> None:
    before = len(alerting.discord.arrived())
    done = alerting.script("notify-test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 messages delivered" in done.stdout
    assert len(alerting.discord.arrived()) == before + 5
    assert [text[0] for text in alerting.discord.arrived()[before:]].count("🚨") == 2


def test_notify_test_says_why_nothing_arrived(alerting: Alerting) -> None:
    alerting.discord.fail(404, times=5)
    done = alerting.script("notify-test")
    assert done.returncode == 1
    assert done.stdout.count("NOT delivered: Notification failed: ") == 5
    assert "error=404" in done.stdout


def test_the_secret_is_nowhere_in_clear(alerting: Alerting) -> None:
    secret = discord.WEBHOOK_TOKEN.encode()
    leaks = [
        str(file.relative_to(alerting.folder))
        for file in alerting.folder.rglob("*")
        if file.is_file() and secret in file.read_bytes()
    ]
    assert leaks == []
