"""The advice on a failed run: the same in the terminal and in the alert."""

import ast
import re
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError, failure_line
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.api.advice import ADVICE, CRASHED, UNEXPECTED, reason_of

TEMPLATE = Path(PROJECT_ROOT, "deployments/automations/ff-run-failed.yaml")


def test_terminal_and_alert_give_the_same_advice() -> None:
    found = re.search(r"set advice = (\{.*?\n  \})", TEMPLATE.read_text(), re.DOTALL)
    assert found
    assert ast.literal_eval(found[1]) == ADVICE
    assert UNEXPECTED in TEMPLATE.read_text()


def test_the_line_of_a_failure_is_taken_apart() -> None:
    reason = reason_of("FAILED", failure_line("compute", ConfigError("league: no such: file")))
    assert reason[:3] == ("compute", "configuration", "league: no such: file")
    assert reason.advice == ADVICE["configuration"]
    assert reason.line() == "compute: league: no such: file"


@pytest.mark.parametrize(
    ("kind", "message", "line", "advice"),
    [
        ("FAILED", "Flow run encountered an exception: it broke", None, UNEXPECTED),
        ("FAILED", None, "no message", UNEXPECTED),
        ("FAILED", "compute: KeyError: 'points'", "compute: 'points'", UNEXPECTED),
        ("CRASHED", "exited with code 9", "exited with code 9", CRASHED),
        ("CANCELLED", "", "it was cancelled", ""),
    ],
)
def test_other_messages_are_the_sentence(
    kind: str, message: str | None, line: str | None, advice: str
) -> None:
    reason = reason_of(kind, message)
    assert reason.line() == (line or message)
    assert reason.advice == advice
