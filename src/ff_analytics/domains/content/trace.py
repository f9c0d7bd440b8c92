"""JSON files of a run, one per step, each with the same head."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ff_analytics import __version__
from ff_analytics.domains.content.sheet.dates import timestamp
from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import PublishError

WORKFLOW = "content-plan-to-jira"
STANDARDS = {
    "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDTHH:MM:SSZ",
    "timezone": "UTC",
    "encoding": "UTF-8",
}


def digest(data: Any) -> str:
    """Hash of a JSON value."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()[:16]


def write_atomic(file: Path, text: str) -> None:
    """Replace a file; a reader sees the old or the new one."""
    try:
        replace_text(file, text)
    except OSError as error:
        raise PublishError(f"{file} could not be written ({error.strerror}).") from error


@dataclass
class Trace:
    """The folder of one run."""

    folder: Path
    started: datetime
    run_id: str
    mode: str
    source: str
    steps: list[Path] = field(default_factory=list)

    def metadata(self, data: Sequence[Any]) -> dict[str, Any]:
        """Head of every file, and of the result."""
        return {
            "workflow": WORKFLOW,
            "execution_timestamp": timestamp(self.started),
            "source": self.source,
            "record_count": len(data),
            "format_standards": STANDARDS,
            "run_id": self.run_id,
            "mode": self.mode,
            "version": __version__,
            "input_hash": digest(data),
        }

    def step(self, name: str, data: Sequence[Any]) -> None:
        """Write one step's records."""
        file = self.folder / f"step{len(self.steps) + 1}_{name}.json"
        content = {"metadata": self.metadata(data), "data": list(data)}
        write_atomic(file, json.dumps(content, ensure_ascii=False, indent=2, default=str))
        self.steps.append(file)
