"""Output of commands: on ASCII terminals, in narrow ones, and into pipes that close."""

import json
import os
import subprocess
import sys

import pytest

from ff_analytics.cli.console import fitted, listed
from ff_analytics.platform.local.readable import replaced

ASCII = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}


def ff(*words: str, code: str = "", **env: str) -> "subprocess.CompletedProcess[str]":
    """`ff` in a process of its own, or a piece of code after its streams are prepared."""
    prepared = "from ff_analytics.platform.local.readable import *; prepare_streams()\n"
    command = ["-c", prepared + code] if code else ["-m", "ff_analytics.cli", *words]
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["run", "--list"],
        ["run", "valuation", "--help"],
        ["sql", "--help"],
        ["runs", "x"],
    ],
)
def test_an_ascii_terminal_gets_ascii(words: list[str]) -> None:
    done = ff(*words, **ASCII, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert (done.stdout + done.stderr).isascii()
    assert "UnicodeEncodeError" not in done.stderr
    assert done.stdout or words == ["runs", "x"]


def test_a_word_that_the_terminal_cannot_show_is_readable() -> None:
    done = ff("run", "naïve…", **ASCII)
    assert done.returncode == 2
    assert "there is no 'naive...'" in done.stderr


def test_marks_frames_and_accents_have_replacements() -> None:
    done = ff(code="print('│ Žižek → 5 €… ✓ 🚨 ┼ 漢')", **ASCII)
    assert done.stdout == "| Zizek -> 5 EUR... ok alarm: + ?\n"


def test_json_loses_nothing_on_an_ascii_terminal() -> None:
    code = "from ff_analytics.cli.console import print_json; print_json({'ž': '🚨…'})"
    done = ff(code=code, **ASCII)
    assert done.stdout.isascii()
    assert json.loads(done.stdout) == {"ž": "🚨…"}


def test_a_utf8_terminal_gets_every_character_as_it_is() -> None:
    assert ff(code="print('│ Žižek…')", PYTHONIOENCODING="utf-8").stdout == "│ Žižek…\n"


@pytest.mark.parametrize("start", range(0, 0x20000, 0x4000))
def test_every_character_has_an_ascii_replacement(start: int) -> None:
    for code in range(max(start, 128), start + 0x4000):
        assert replaced(chr(code)).isascii(), hex(code)


def test_a_narrow_terminal_gets_the_last_column_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("analytics/valuation", "what every player was worth in the league"), ("x", "y")]
    lines = fitted(rows)
    assert all(len(line) <= 40 for line in lines)
    assert lines[0] == "analytics/valuation"
    assert " ".join(lines[1:3]).split() == rows[0][1].split()
    monkeypatch.setenv("COLUMNS", "60")
    lines = fitted(rows)
    assert all(len(line) <= 60 for line in lines)
    assert lines[1].startswith(" " * 21)


def test_a_pipe_gets_one_line_a_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    rows = [{"name": "a", "about": "word " * 100}, {"name": "b", "about": ""}]
    assert listed(rows, False) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("words", ["--help", "run --list", "run valuation --help", "runs --help"])
def test_a_closed_pipe_ends_quietly(words: str) -> None:
    command = f"{sys.executable} -m ff_analytics.cli {words} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert len(done.stdout) == 1
    assert done.stderr == ""
