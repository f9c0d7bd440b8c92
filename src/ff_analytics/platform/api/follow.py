"""Follow a run to its end: its stages with their counts, warnings, and how it ended."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ff_analytics.engine.base.errors import SourceUnavailable
from ff_analytics.platform.api import runs
from ff_analytics.platform.api.rest import Api, Busy, Refused

# Seconds until a run that no worker has picked up is worth a line.
UNCLAIMED = 30.0
# Seconds for the last log lines: a run ends before the process has sent them.
LAST_LINES = 3.0
# Seconds for which the server may be away or busy.
AWAY = 90.0
_EVERY = 0.3
_PAGE = 200
_LATE = timedelta(seconds=10)
_INFO, _WARNING = 20, 30


class _Log:
    """Log lines of a run, each once; every poll asks only for possibly new ones."""

    def __init__(self, api: Api, run: str) -> None:
        self._api = api
        self._run, self._seen = run, set[str]()
        self._after: str | None = None

    def new(self) -> list[dict[str, Any]]:
        """Lines that were not handed out yet, oldest first, over as many pages as there are."""
        wanted: dict[str, Any] = {"flow_run_id": {"any_": [self._run]}, "level": {"ge_": _INFO}}
        if self._after:
            wanted["timestamp"] = {"after_": self._after}
        fresh: list[dict[str, Any]] = []
        asked = 0
        while True:
            body = {"logs": wanted, "limit": _PAGE, "offset": asked, "sort": "TIMESTAMP_ASC"}
            page = self._api.call("POST", "/logs/filter", body) or []
            fresh += [line for line in page if line["id"] not in self._seen]
            asked += len(page)
            if len(page) < _PAGE:
                break
        self._seen.update(line["id"] for line in fresh)
        if fresh:
            last = datetime.fromisoformat(max(line["timestamp"] for line in fresh))
            # Tasks send their lines in batches of their own: some arrive after later ones.
            self._after = (last - _LATE).isoformat()
        return fresh


class _Stages:
    """Lines about the stages, each once: when a stage has ended and its counts are here."""

    def __init__(self, api: Api, run: str) -> None:
        self._api, self._run = api, run
        self._texts: dict[str, list[str]] = {}
        self._ended: dict[str, float] = {}
        self._shown: set[str] = set()
        self._tries: set[tuple[str, int]] = set()
        self._any_line = False

    def hear(self, task: str, message: str) -> None:
        """Keep a line of the log for the stage that it is of."""
        self._any_line = True
        self._texts.setdefault(task, []).append(message)

    def _again(self, task: dict[str, Any]) -> list[str]:
        """A line for each attempt that failed and is followed by another."""
        state, attempt = task.get("state") or {}, (task["id"], task.get("run_count") or 0)
        if state.get("name") not in ("AwaitingRetry", "Retrying") or attempt in self._tries:
            return []
        self._tries.add(attempt)
        why = " ".join(str(state.get("message") or "").split())[:200]
        return [f"{task['name']}: attempt {attempt[1]} failed, trying again" + (why and f": {why}")]

    def new(self, *, all_of_them: bool = False) -> list[str]:
        """Stages that have ended since. Without their counts they wait a little for them."""
        lines: list[str] = []
        for task in runs.tasks_of(self._api, self._run):
            lines += self._again(task)
            if task["id"] in self._shown or task.get("state_type") not in runs.FINAL:
                continue
            ended = self._ended.setdefault(task["id"], time.monotonic())
            late = all_of_them or time.monotonic() > ended + LAST_LINES
            if task["id"] in self._texts or late:
                self._shown.add(task["id"])
                texts = self._texts.pop(task["id"], [])
                lines += self._of(runs.stage_of(task), texts)
        return lines

    def _of(self, stage: runs.Stage, texts: list[str]) -> list[str]:
        if stage.type != "COMPLETED":
            return [f"{stage.name}: {stage.state.lower()} after {stage.seconds:.1f} s"]
        if not texts:
            # A part of an ingest takes three tasks, and one of them has nothing to tell.
            return [] if self._any_line else [f"{stage.name} ({stage.seconds:.1f} s)"]
        counts, *more = [runs.without_stage(stage.name, text) for text in texts]
        return [f"{stage.name}: {counts} ({stage.seconds:.1f} s)", *(f"  {text}" for text in more)]


def _news(lines: list[dict[str, Any]], stages: _Stages) -> list[str]:
    """Warnings, and lines of the flow itself; those of tasks wait for the end of their stage."""
    found = []
    for line in filter(runs.is_news, lines):
        if line.get("level", _INFO) >= _WARNING:
            found.append(f"warning: {line['message']}")
        elif task := line.get("task_run_id"):
            stages.hear(task, line["message"])
        else:
            found.append(line["message"])
    return found


class _Following:
    """One run that is followed; each look shows what is new."""

    def __init__(self, api: Api, run: str, show: Callable[[str], None]) -> None:
        self._api, self._run, self._show = api, run, show
        self._log, self._stages = _Log(api, run), _Stages(api, run)
        self._ended: float | None = None
        self.name = self.state = ""

    def look(self) -> dict[str, Any] | None:
        """Show news; the final state once nothing more is to come."""
        seen = self._api.call("GET", f"/flow_runs/{self._run}")
        if seen is None:
            raise Refused(f"The run {self._run} was deleted.")
        now = seen["state"]
        self.name, self.state = seen["name"], now["type"]
        fresh = self._log.new()
        for line in [*_news(fresh, self._stages), *self._stages.new()]:
            self._show(line)
        if now["type"] not in runs.FINAL:
            return None
        self._ended = self._ended or time.monotonic()
        # The flow's own closing line; tasks close with the same words.
        closed = any(
            not line.get("task_run_id") and "Finished in state" in line["message"] for line in fresh
        )
        if not closed and time.monotonic() <= self._ended + LAST_LINES:
            return None
        for line in self._stages.new(all_of_them=True):
            self._show(line)
        return dict(now)


def follow(
    api: Api,
    run: str,
    show: Callable[[str], None],
    alive: Callable[[], None] = lambda: None,
    *,
    unclaimed: float | None = None,
) -> dict[str, Any]:
    """Pass stages and warnings to `show` until the run has ended; its final state.

    A server that does not answer for a while is waited for. `alive` may raise while waiting. With
    `unclaimed`, a run that no worker has picked up after so many seconds raises `Refused` instead
    of a line.
    """
    following, told = _Following(api, run, show), False
    started = answered = time.monotonic()
    while True:
        alive()
        try:
            if final := following.look():
                return final
            answered = time.monotonic()
        except (Busy, SourceUnavailable):
            if time.monotonic() > answered + AWAY:
                raise
        late = time.monotonic() - started > (unclaimed or UNCLAIMED)
        if following.state == "SCHEDULED" and late and not told:
            told = True
            line = "no worker has picked the run up yet: is one of its pool running? (ff doctor)"
            if unclaimed:
                raise Refused(f"{following.name}: {line}")
            show(line)
        time.sleep(_EVERY)
