"""Runs on the server, without importing Prefect: the newest, one by its name, and its stages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.api.advice import Reason, reason_of
from ff_analytics.platform.api.rest import Api, Refused

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
FAILED = ("FAILED", "CRASHED")
SHORT = 8
# Runs among which the beginning of an id is looked for.
_RECENT = 1000
_PAGE = 200
_INFO = 20
# The server's clock may be ahead of this one.
_AHEAD = timedelta(minutes=1)
_FILE_LINK = re.compile(r"\((file://[^)\s]+)\)")


class RunLine(NamedTuple):
    """One run, as a list shows it."""

    id: str
    name: str
    deployment: str
    state: str
    type: str
    message: str
    seconds: float
    when: datetime
    url: str

    @property
    def reason(self) -> Reason | None:
        """Why it did not complete; None for a run that did, or still works."""
        wrong = self.type in FINAL - {"COMPLETED"}
        return reason_of(self.type, self.message) if wrong else None

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        reason = self.reason
        return {
            **{key: value for key, value in self._asdict().items() if key != "when"},
            "when": self.when.isoformat(),
            "stage": reason.stage if reason else None,
            "kind": reason.kind if reason else None,
            "reason": reason.sentence if reason else None,
            "advice": reason.advice if reason else None,
        }


class Stage(NamedTuple):
    """One task of a run: how it ended, in which time, and its own lines."""

    id: str
    name: str
    state: str
    type: str
    seconds: float
    said: tuple[str, ...] = ()


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.now(UTC)


def _line(api: Api, run: dict[str, Any], names: dict[str, str]) -> RunLine:
    state = run.get("state") or {}
    return RunLine(
        id=run["id"],
        name=run["name"],
        deployment=names.get(run.get("deployment_id") or "", "no deployment"),
        state=state.get("name") or run.get("state_name") or "Unknown",
        type=state.get("type") or run.get("state_type") or "",
        message=state.get("message") or "",
        seconds=float(run.get("estimated_run_time") or run.get("total_run_time") or 0),
        when=_time(run.get("start_time") or run.get("expected_start_time")),
        url=f"{api.ui}/runs/flow-run/{run['id']}",
    )


def _found(api: Api, wanted: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    # Schedules make runs days ahead: only those whose time has come are runs.
    due = {"expected_start_time": {"before_": (datetime.now(UTC) + _AHEAD).isoformat()}}
    body = {"sort": "EXPECTED_START_TIME_DESC", "flow_runs": {**due, **wanted}}
    return api.all("/flow_runs/filter", body, limit)


def newest(api: Api, limit: int, *, failed: bool = False) -> list[RunLine]:
    """The last `limit` runs, the newest first; with `failed` only those that failed or crashed."""
    wanted = {"state": {"type": {"any_": list(FAILED)}}} if failed else {}
    rows = _found(api, wanted, limit)
    names = api.deployment_names() if rows else {}
    return [_line(api, row, names) for row in rows]


def _whole(word: str) -> str | None:
    try:
        return str(UUID(word))
    except ValueError:
        return None


def _matching(api: Api, word: str) -> list[dict[str, Any]]:
    """Runs that `word` may mean, newest first: by id, else deployment, else beginning of a name."""
    if whole := _whole(word):
        run = api.call("GET", f"/flow_runs/{whole}")
        return [run] if run else []
    short = word.lower()
    if len(short) >= 4 and re.fullmatch("[0-9a-f-]+", short):
        same = [run for run in _found(api, {}, _RECENT) if run["id"].startswith(short)]
        if same:
            return same
    if "/" in word:
        known = [key for key, name in api.deployment_names().items() if name == word]
        return _found(api, {"deployment_id": {"any_": known}}, 1) if known else []
    rows = _found(api, {"name": {"like_": word}}, _PAGE)
    exact = [run for run in rows if run["name"].lower() == short]
    return exact or [run for run in rows if run["name"].lower().startswith(short)]


def find(api: Api, word: str, *, alone: bool = False) -> tuple[RunLine, dict[str, Any]]:
    """The newest run with this id, name or deployment, or the beginning of one.

    Raises `ConfigError` when there is none; with `alone` also when `word` means different runs.
    """
    rows = _matching(api, word)
    if not rows:
        raise ConfigError(f"there is no run {word!r}. ff runs lists the last ones.")
    if alone and len({row["name"] for row in rows}) > 1:
        some = ", ".join(f"{row['name']!r} ({row['id'][:SHORT]})" for row in rows[:4])
        raise ConfigError(f"{word!r} is the beginning of several runs: {some}. Give more of it.")
    return _line(api, rows[0], api.deployment_names()), rows[0]


def again(api: Api, run: dict[str, Any]) -> dict[str, Any]:
    """A new run of the same deployment with the same parameters."""
    if not (deployment := run.get("deployment_id")):
        raise ConfigError(
            f"{run['name']!r} is of no deployment, so the server cannot start it again."
        )
    path = f"/deployments/{deployment}/create_flow_run"
    made = api.call("POST", path, {"parameters": run.get("parameters") or {}})
    if made is None:
        raise Refused(f"The deployment of {run['name']!r} was removed from the server.")
    return dict(made)


def without_stage(stage: str, message: str) -> str:
    """What a line of the log adds to the name of its stage; files as seen from this folder."""
    text = message.strip().replace(f"{Path.cwd()}/", "")
    for known in (stage, stage.partition(" ")[0]):
        if text.startswith((f"{known}: ", f"{known} ")):
            text = text[len(known) :].lstrip(": ")
            break
    return re.sub(r" \([a-z0-9+]+://[^)]*\)$", "", text)


def tasks_of(api: Api, run: str) -> list[dict[str, Any]]:
    """The task runs, in the order in which they began."""
    wanted = {"flow_runs": {"id": {"any_": [run]}}, "sort": "EXPECTED_START_TIME_ASC"}
    return api.all("/task_runs/filter", wanted)


def stages(api: Api, run: str) -> list[Stage]:
    """Stages of a run with their counts. Those that did nothing worth a line are left out."""
    wanted = {"logs": {"flow_run_id": {"any_": [run]}, "level": {"ge_": _INFO}}}
    lines = api.all("/logs/filter", {**wanted, "sort": "TIMESTAMP_ASC"}, 2000)
    found = []
    for task in tasks_of(api, run):
        own = [line for line in lines if line.get("task_run_id") == task["id"]]
        texts = (without_stage(task["name"], line["message"]) for line in own if is_news(line))
        stage = stage_of(task, tuple(texts))
        if stage.said or not lines or stage.type != "COMPLETED":
            found.append(stage)
    return found


def stage_of(task: dict[str, Any], texts: tuple[str, ...] = ()) -> Stage:
    """The task run as a stage."""
    kind, state = task.get("state_type") or "", task.get("state_name") or ""
    seconds = float(task.get("estimated_run_time") or task.get("total_run_time") or 0)
    return Stage(task["id"], task["name"], state, kind, seconds, texts)


# Lines of the orchestrator itself, and how a task failed: the run's own reason says that.
_OTHERS = ("prefect.flow_runs.worker", "prefect.flow_runs.runner")
_NOISE = ("Finished in state", "Beginning flow run", "View at ", "Created task run", "Task run ")


def is_news(line: dict[str, Any]) -> bool:
    """Whether a line of the log is of the work itself."""
    own = line.get("name") not in _OTHERS
    return own and line.get("level", 20) < 40 and not line["message"].startswith(_NOISE)


def report_of(api: Api, run: str) -> str | None:
    """Address of the report that the run has written, as its artifacts say it."""
    body = {"artifacts": {"flow_run_id": {"any_": [run]}}}
    for artifact in api.all("/artifacts/filter", body):
        if link := _FILE_LINK.search(artifact.get("description") or ""):
            return link[1]
    return None
