"""Rules of the watch, as pure functions over what was observed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field

# Kinds of findings about runs that have not ended.
OF_RUNS = frozenset({"zombie", "stuck-pending", "stuck-running", "late", "never-started"})


class Limits(BaseModel):
    """Bounds after which a finding is reported. Each is much longer than normal."""

    model_config = ConfigDict(frozen=True)

    late: timedelta = timedelta(minutes=5)
    never_started: timedelta = timedelta(hours=1)
    pending: timedelta = timedelta(minutes=5)
    # Before anything was started for it: a worker may be pulling an image.
    unclaimed: timedelta = timedelta(minutes=30)
    running: timedelta = timedelta(hours=3)
    # Three heartbeats of 30 s; a run that has sent none yet gets the same time from its start.
    heartbeat: timedelta = timedelta(seconds=100)
    worker: timedelta = timedelta(seconds=100)
    silent: timedelta = timedelta(minutes=30)
    # Start of the current period without a gap. After a gap (this machine slept, the server was
    # down) all bounds start again, because no heartbeat could be received.
    listening: datetime = datetime.min.replace(tzinfo=UTC)


class RunSeen(BaseModel):
    """One flow run that has not ended."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    deployment: str
    state: str = Field(description="SCHEDULED, PENDING or RUNNING")
    state_name: str
    since: datetime = Field(description="When it entered the state.")
    expected: datetime | None = None
    heartbeat: datetime | None = None
    process_alive: bool | None = Field(
        None, description="Whether its process on this host lives; None for one elsewhere."
    )
    begun: bool = Field(False, description="Whether a process or container was started for it.")


class ScheduleSeen(BaseModel):
    """A cron schedule of the manifest, active on the server, with the runs it has created."""

    model_config = ConfigDict(frozen=True)

    deployment: str
    cron: str
    timezone: str
    active_since: datetime
    expected_starts: tuple[datetime, ...] = ()


class Finding(BaseModel):
    """One finding. `kind` and `subject` together are reported once until it is over."""

    model_config = ConfigDict(frozen=True)

    kind: str
    subject: str
    message: str
    what_to_do: str
    run_id: str | None = None
    state_message: str = Field("", description="Of the state that ends a zombie.")

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.subject}"


class Silence(NamedTuple):
    """Time since the last sign of a pool or dataset."""

    name: str
    age: timedelta


def minutes(age: timedelta) -> str:
    """Age in the unit that people would use."""
    total = age.total_seconds()
    if total < 5400:
        return f"{total / 60:.0f} minutes"
    return f"{total / 3600:.1f} hours" if total < 172800 else f"{total / 86400:.1f} days"


def _about(run: RunSeen) -> str:
    return f"{run.deployment} ({run.name})"


def _silence_allowed(run: RunSeen, limits: Limits) -> timedelta:
    """How long a run on another machine may lack a heartbeat.

    A run in Pending has no heartbeat yet. Once it is set to Crashed it cannot start any more, so a
    process that was only slow does no harm.
    """
    if run.state == "RUNNING":
        return limits.heartbeat
    return limits.pending if run.begun else limits.unclaimed


def zombie(run: RunSeen, now: datetime, limits: Limits) -> Finding | None:
    """Active on the server, but its process is dead, or elsewhere without a heartbeat.

    A live process of this host is never a zombie, however long the server received nothing
    from it: set to Crashed, it would run on beside the next one.
    """
    if run.state not in ("RUNNING", "PENDING") or run.process_alive:
        return None
    quiet = now - max(run.heartbeat or run.since, run.since, limits.listening)
    gone = run.process_alive is False
    if not gone and quiet <= _silence_allowed(run, limits):
        return None
    why = "its process is gone" if gone else f"no sign of life for {minutes(quiet)}"
    # Alerts hold equal messages of a deployment back, so the state's names no run and no age.
    cause = "its process is gone" if gone else "no sign of life"
    return Finding(
        kind="zombie",
        subject=run.id,
        run_id=run.id,
        message=f"{_about(run)} was {run.state_name}, but {why}: marked Crashed.",
        what_to_do="Nothing is lost: the next run converges. Look for out-of-memory kills.",
        state_message=f"watch: zombie: {run.state_name}, but {cause}.",
    )


def waiting(run: RunSeen, now: datetime, limits: Limits) -> str | None:
    """Scheduled and not picked up: late first, never started later."""
    if run.state != "SCHEDULED" or run.expected is None or run.state_name == "AwaitingRetry":
        return None
    if now - max(run.expected, limits.listening) <= limits.late:
        return None
    return "never-started" if now - run.expected > limits.never_started else "late"


def backlog(kind: str, runs: Sequence[RunSeen], now: datetime) -> Finding:
    """Waiting runs of one deployment as one finding: they have one reason."""
    oldest = min(runs, key=lambda run: run.expected or now)
    overdue = minutes(now - (oldest.expected or now))
    said = f"is {overdue} overdue, state {oldest.state_name}"
    if len(runs) > 1:
        said = f"and {len(runs) - 1} more runs of it wait: {overdue} overdue"
    return Finding(
        kind=kind,
        subject=oldest.deployment,
        run_id=oldest.id,
        message=f"{_about(oldest)} {said}.",
        what_to_do="Is a worker polling the pool, and its concurrency limit free?",
    )


def stuck(run: RunSeen, now: datetime, limits: Limits) -> Finding | None:
    """Longer in Pending or Running than any regular run."""
    bound = {"PENDING": limits.pending, "RUNNING": limits.running}.get(run.state)
    if bound is None or now - run.since <= bound:
        return None
    return Finding(
        kind=f"stuck-{run.state.lower()}",
        subject=run.id,
        run_id=run.id,
        message=f"{_about(run)} has been {run.state_name} for {minutes(now - run.since)}.",
        what_to_do="Read its logs; cancel it in the UI if it makes no progress.",
    )


def silent(schedule: ScheduleSeen, now: datetime, limits: Limits) -> Finding | None:
    """The last past tick of a schedule created no run."""
    local = now.astimezone(ZoneInfo(schedule.timezone)) - limits.silent
    tick: datetime = croniter(schedule.cron, local).get_prev(datetime)
    if tick < schedule.active_since:
        return None
    if any(abs(start - tick) < timedelta(minutes=1) for start in schedule.expected_starts):
        return None
    return Finding(
        kind="schedule-silent",
        subject=schedule.deployment,
        message=f"{schedule.deployment} should have run at {tick:%Y-%m-%d %H:%M %Z} "
        f"({schedule.cron}), and there is no run.",
        what_to_do="Is the server's scheduler running? ff platform plan shows drift.",
    )


def worker_offline(pool: Silence, now: datetime, limits: Limits) -> Finding | None:
    """No worker of the pool has sent a heartbeat."""
    if min(pool.age, now - limits.listening) <= limits.worker:
        return None
    return Finding(
        kind="worker-offline",
        subject=pool.name,
        message=f"No worker of pool {pool.name} for {minutes(pool.age)}: nothing will run.",
        what_to_do=f"prefect worker start --pool {pool.name}",
    )


def of_runs(runs: Iterable[RunSeen], now: datetime, limits: Limits) -> list[Finding]:
    """The gravest finding of each run, zombies first; those that wait, by deployment."""
    found = []
    late: dict[tuple[str, str], list[RunSeen]] = {}
    for run in runs:
        if finding := zombie(run, now, limits) or stuck(run, now, limits):
            found.append(finding)
        elif kind := waiting(run, now, limits):
            late.setdefault((run.deployment, kind), []).append(run)
    return found + [backlog(kind, several, now) for (_, kind), several in late.items()]


def of_schedules(schedules: Sequence[ScheduleSeen], now: datetime, limits: Limits) -> list[Finding]:
    """One finding per schedule that has fallen silent."""
    return [f for schedule in schedules if (f := silent(schedule, now, limits))]
