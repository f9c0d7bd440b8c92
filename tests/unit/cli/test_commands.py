"""The command `ff`: help of every command, exit codes, wrong use, laziness, completion."""

import inspect
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.cli import main as cli
from ff_analytics.cli.main import main as ff
from ff_analytics.cli.work import backfill, targets
from ff_analytics.engine.base.errors import ConfigError, LakeMissing
from ff_analytics.engine.base.settings import Settings

HEAVY = ("polars", "duckdb", "dbt", "prefect", "dataframely", "httpx", "pyarrow", "mcp")
COMMANDS = sorted(cli.names())


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff([*command.split(), "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: ff {command}")
    assert "Examples:\n  ff " in said
    assert "See the" not in said


TARGETS = [
    *(f"run {name}" for name in targets.names()),
    *(f"ingest {name}" for name in targets.names() if name.startswith("ingest/")),
    *(f"backfill {name}" for name in backfill.targets()),
]


@pytest.mark.parametrize("command", TARGETS)
def test_each_target_explains_itself_with_examples_that_it_takes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb, name = command.split()
    assert ff([verb, name, "--help"]) == 0
    _, found, examples = capsys.readouterr().out.partition("\nExamples:\n")
    assert found
    # The help is wrapped at the width of the terminal.
    lines = " ".join(examples.split()).split(f"ff {verb} ")[1:]
    assert 1 <= len(lines) <= 3
    model = targets.find(name).options
    for line in lines:
        _, *words = shlex.split(line)
        flags = {word.partition("=")[0] for word in words if word.startswith("--")}
        known = {f"--{field.replace('_', '-')}" for field in model.model_fields}
        assert flags <= known | {"--seasons", "--dates", "--as-of"}


def test_options_of_a_target_show_their_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    assert ff(["run", "valuation", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for name, field in targets.find("valuation").options.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if default not in (None, "", False):
            assert f"[default: {default}]" in said, name
    assert "default: ]" not in said
    assert "default: None" not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_with_a_default_shows_it(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = cli.application()
    for word in command.split():
        app = app[word]
    assert ff([*command.split(), "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "default: ]" not in said
    assert "default: None" not in said
    if app.default_command is None:
        return
    for parameter in inspect.signature(app.default_command).parameters.values():
        value = parameter.default
        if value not in (inspect.Parameter.empty, None, False, ""):
            assert f"[default: {value}]" in said, parameter.name


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ff(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f" {name.split()[0]} " in said for name in COMMANDS)


@pytest.mark.parametrize("words", [[], ["--help"], ["sqk"], ["--version"]])
def test_no_help_and_no_wrong_word_loads_heavy_libraries(words: list[str]) -> None:
    code = (
        f"import sys; from ff_analytics.cli.main import main; main({words!r})\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert python(code).endswith("[]")


def test_every_module_of_a_command_is_light() -> None:
    modules = [module for group in cli.COMMANDS.values() for module, _ in group.values()]
    code = (
        "import sys; from importlib import import_module\n"
        f"for m in {modules!r}: import_module(f'ff_analytics.cli.{{m}}')\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert python(code) == "[]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sqk"], 'Did you mean "ff sql"?'),
        (["lake", "mve"], 'Did you mean "move"?'),
        (["sql", "--asof", "3"], "Did you mean --as-of?"),
        (["sql", "SELECT 1", "--as-of", "x"], '"x"'),
        (["sql"], "give a query"),
        (["open", "--print"], "ff open starts it"),
        (["run"], "ff run --list"),
        (["run", "valuaton"], "Did you mean analytics/valuation?"),
        (["run", "valuatoin"], "Did you mean analytics/valuation?"),
        (["run", "ingest/nflvers"], "Did you mean ingest/nflverse?"),
        (["run", "valuation", "--leage", "x"], "Did you mean --league?"),
        (["run", "valuation", "--league", "no_such_league"], "dynasty_half_ppr"),
        (["ingest", "nflvers"], "Did you mean ingest/nflverse? ff ingest --list"),
        (["run", "leagues/valuation", "--leagues", "{}"], "leagues"),
        (["run", "leagues/valuation", "--leagues", "[{}]"], "leagues"),
        (["run", "valuation", "--league", "{}"], "league must be a text"),
        (["run", "cap-scenarios", "--extend", "hello"], "it must be a mapping of player"),
        (["trigger", "a/b", "-p", "{}"], "-p name=value"),
        (["runs", "--jsons"], "Did you mean --json?"),
        (["backfill", "nflverse"], "--seasons"),
        (["trigger"], "give a deployment"),
        (["trigger", "a/b", "-p", "season"], "-p name=value"),
        (["units", "--roles", "nothing"], "server, api, services, worker, watch, app"),
        (["new", "product", "Bad_Name"], "kebab-case"),
        (["open", "no-such-report"], "ff open --list prints"),
        (["demo", "--days", "3"], "8 to 730"),
        (["drain", "--grace", "soon"], '"soon"'),
        (["notebook", "explore"], "Did you mean explore-league?"),
        (["mcp", "--port", "4300"], "ff mcp --http --port 4300"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    words: list[str],
    said: str,
    # An app that runs from this folder would be opened.
    lake_settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ff(words) == 2
    streams = capsys.readouterr()
    assert said in streams.err
    assert streams.err.startswith("ff")
    assert "Traceback" not in streams.err
    assert streams.out == ""


@pytest.mark.parametrize("words", [[], ["lake"], ["platform"], ["new"], ["content"]])
def test_a_group_without_its_command_has_done_nothing(words: list[str]) -> None:
    assert ff(words) == 2


@pytest.mark.parametrize(("error", "code"), [(LakeMissing("no lake"), 1), (ConfigError("bad"), 2)])
def test_the_kind_of_an_error_decides_the_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(as_of: int | None, **options: object) -> None:
        raise error

    monkeypatch.setattr("ff_analytics.engine.read.reader.reader", fails)
    assert ff(["sql", "SELECT 1"]) == code
    assert capsys.readouterr().err == f"ff sql: {error.kind}: {error}\n"  # type: ignore[attr-defined]


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(as_of: int | None, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ff_analytics.engine.read.reader.reader", stopped)
    assert ff(["sql", "SELECT 1"]) == 130


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["run", "--list", "--json"], "production-etl"),
        (["ingest", "--list", "--json"], "ingest/nflverse"),
        (["backfill", "--list", "--json"], "analytics/valuation"),
        (["open", "--json"], "ui"),
    ],
)
def test_lists_are_json_on_request(
    words: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(words) == 0
    assert name in [row["name"] for row in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["unit", "--dry-run"], 'Did you mean "ff units"?'),
        (["vlauation"], "ff run NAME runs a product or source."),
        (["backfill", "nflverse", "--season", "2001"], "Did you mean --seasons?"),
        (["trigger", "analytics/valuation", "--league", "x"], "-p name=value"),
    ],
)
def test_wrong_words_name_what_was_probably_meant(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(words) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Unknown" in said
    assert meant in said


def test_help_is_a_word_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert ff(["help", "sql"]) == 0
    assert capsys.readouterr().out.startswith("Usage: ff sql")


def test_ctrl_c_during_a_query_is_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What DuckDB raises when SIGINT arrives while it executes a query.
    def execute(*_: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("ff_analytics.engine.products.pipeline.execute", execute)
    assert ff(["run", "valuation"]) == 130
    assert capsys.readouterr().err.endswith("\nstopped\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_and_options(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "ff"
    assert ff(["--install-completion", "--shell", shell, "--output", str(script)]) == 0
    for word in ("notify-test", "trigger", "snapshots", "follow"):
        assert word in script.read_text(), word


def test_a_pipe_that_closes_early_is_no_error() -> None:
    ff_run = f"{sys.executable} -m ff_analytics.cli run --list"
    done = subprocess.run(
        ["bash", "-c", f"{ff_run} | head -1"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("analytics/")
    assert done.stderr == ""


def test_a_path_is_taken_from_where_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ff(["units", "--dry-run", "--to", "here", "--manager", "systemd"]) == 0
    assert f"### {tmp_path}/here/" in capsys.readouterr().out
    assert Path.cwd() == tmp_path
