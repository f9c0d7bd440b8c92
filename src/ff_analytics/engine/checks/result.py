"""The result of one quality check."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Status(StrEnum):
    OK = "ok"
    SKIPPED = "skipped"
    WARN = "warn"
    ERROR = "error"


class CheckResult(BaseModel):
    """One check of one subject; `hint` describes the fix when it is not ok."""

    model_config = ConfigDict(frozen=True)

    check: str
    subject: str
    status: Status
    observed: str
    expected: str
    hint: str = ""
    stale: bool = False

    def line(self) -> str:
        return (
            f"{self.subject}: {self.check}: {self.observed} (expected {self.expected}). {self.hint}"
        )
