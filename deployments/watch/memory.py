"""What was said already: each finding once, its end once, however many watches run."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from deployments.watch import episodes
from deployments.watch.findings import Finding

# One-off findings (e.g. a zombie that was ended) are forgotten after this many days.
_KEPT_DAYS = 14
ONCE = frozenset({"zombie"}) | episodes.KINDS


class Memory:
    """Findings that are open, by key, as the file knew them when it was opened."""

    def __init__(self, open_findings: dict[str, dict[str, str]]) -> None:
        self.open = open_findings

    def news(
        self, found: Sequence[Finding], blind: frozenset[str] = frozenset()
    ) -> tuple[list[Finding], list[dict[str, str]]]:
        """Findings not yet said, and open ones that are over; the memory knows both after.

        What is open of a kind in `blind`, which could not be looked for, stays open.
        """
        now = datetime.now(UTC)
        current = {finding.key for finding in found}
        fresh = [finding for finding in found if finding.key not in self.open]
        over = []
        for key, entry in list(self.open.items()):
            if entry["kind"] in ONCE:
                if (now - datetime.fromisoformat(entry["since"])).days >= _KEPT_DAYS:
                    del self.open[key]
            elif key not in current and entry["kind"] not in blind:
                over.append(self.open.pop(key))
        for finding in fresh:
            self.open[finding.key] = {
                "kind": finding.kind,
                "subject": finding.subject,
                "message": finding.message,
                "since": now.isoformat(timespec="seconds"),
            }
        return fresh, over


@contextmanager
def memory(file: Path) -> Iterator[Memory]:
    """The memory, held by one watch at a time; saved at the end, in one step.

    If what happens inside fails, nothing is saved, and the next look says it again: rather
    twice than never.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        try:
            known = json.loads(file.read_text())
        except (OSError, ValueError):
            known = {}
        held = Memory(known)
        yield held
        temporary = file.with_suffix(".tmp")
        temporary.write_text(json.dumps(held.open, indent=1))
        temporary.replace(file)
