"""State of the watch: each finding and its end are reported once, with or without a disk.

The state is kept in the process and in a file that several watches share. It is written before
the report. A new process also reads the server's `ff.watch.*` events, so neither a
lost file nor a full disk makes it repeat earlier reports.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from filelock import FileLock
from pydantic import BaseModel, Field, ValidationError

from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.platform.alerts.delivery import TEST_LABEL
from ff_analytics.platform.log import watch as log
from ff_analytics.platform.watch import episodes
from ff_analytics.platform.watch.findings import Finding

# One-off findings (e.g. a zombie that was ended) are forgotten after this time.
KEPT = timedelta(days=14)
ONCE = frozenset({"zombie"}) | episodes.KINDS


class Entry(BaseModel):
    """A finding that is open."""

    kind: str
    subject: str
    message: str
    since: datetime

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.subject}"


class Message(BaseModel):
    """An event that is to be emitted; its id stays the same when it is tried again."""

    id: UUID = Field(default_factory=uuid4)
    event: str
    subject: str
    payload: dict[str, Any]


class State(BaseModel):
    """Open findings, and reports that are not yet emitted."""

    saved: datetime | None = None
    open: dict[str, Entry] = Field(default_factory=dict)
    outbox: list[Message] = Field(default_factory=list)

    def news(
        self, found: Sequence[Finding], blind: frozenset[str] = frozenset()
    ) -> tuple[list[Finding], list[Entry]]:
        """New findings, and open ones that are over; both go to the outbox.

        An open finding stays open while its kind is in `blind`: it could not be checked.
        """
        now = datetime.now(UTC)
        current = {finding.key for finding in found}
        fresh = [finding for finding in found if finding.key not in self.open]
        over = []
        for key, entry in list(self.open.items()):
            if entry.kind in ONCE:
                if now - entry.since >= KEPT:
                    del self.open[key]
            elif key not in current and entry.kind not in blind:
                over.append(self.open.pop(key))
        for finding in fresh:
            entry = Entry(**finding.model_dump(include={"kind", "subject", "message"}), since=now)
            self.open[finding.key] = entry
        self.outbox += [_of_finding(f) for f in fresh if f.kind != "zombie"]
        self.outbox += [_of_end(entry) for entry in over]
        return fresh, over

    def hear(self, events: Sequence[dict[str, Any]]) -> None:
        """Take over the state from these `ff.watch.*` events, newest first."""
        emitted = {event["id"] for event in events}
        self.outbox = [message for message in self.outbox if str(message.id) not in emitted]
        for event in reversed(events):
            payload, moment = event["payload"], datetime.fromisoformat(event["occurred"])
            ended = payload.get("what")
            key = f"{ended or payload.get('kind')}|{payload.get('subject')}"
            if self.saved and moment <= self.saved:
                continue
            if TEST_LABEL in event.get("resource", {}):
                continue
            if ended:
                self.open.pop(key, None)
            elif payload.get("kind") and payload.get("subject"):
                known = {name: payload.get(name) or "" for name in ("kind", "subject", "message")}
                self.open.setdefault(key, Entry(**known, since=moment))


def _of_finding(finding: Finding) -> Message:
    payload = finding.model_dump(include={"kind", "subject", "message", "what_to_do"})
    return Message(event=f"ff.watch.{finding.kind}", subject=finding.subject, payload=payload)


def _of_end(entry: Entry) -> Message:
    payload = {**entry.model_dump(mode="json"), "kind": "recovered", "what": entry.kind}
    return Message(event="ff.watch.recovered", subject=entry.subject, payload=payload)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One watch at a time; without a lock where the disk takes no lock file."""
    held, taken = FileLock(lock), False
    with suppress(OSError):
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
        taken = True
    try:
        yield
    finally:
        if taken:
            held.release()


class Memory:
    """The state of one watch process, and its file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._state: State | None = None
        self._on_disk = True
        # A new process has to read reports from the server that are not in the file.
        self.asks_since: datetime | None = datetime.now(UTC) - KEPT

    @contextmanager
    def held(self) -> Iterator[State]:
        """The state; the file's, where the last save succeeded and another watch may have run."""
        with alone(self.file.with_suffix(".lock")):
            stored = self._read() if self._on_disk or self._state is None else None
            self._state = stored or self._state or State()
            if self.asks_since and self._state.saved:
                self.asks_since = max(self.asks_since, self._state.saved - timedelta(minutes=5))
            yield self._state

    def _read(self) -> State | None:
        try:
            return State.model_validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return None

    def save(self) -> None:
        """Write the state in one step. A disk that refuses leaves it in the process."""
        assert self._state is not None
        self._state.saved = datetime.now(UTC)
        try:
            replace_text(self.file, self._state.model_dump_json(indent=1))
        except OSError as error:
            if self._on_disk:
                log(f"keeps its state in memory only: {error}")
            self._on_disk = False
        else:
            self._on_disk = True
