"""`ff notebook`: notebooks on the lake, in the browser."""

import subprocess
import sys
from importlib.util import find_spec
from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, listed
from ff_analytics.cli.options import PLAIN

app = App(
    name="notebook",
    help_epilogue="""\
The notebooks are plain Python files in notebooks/, read the lake and write nothing to it. The
editor listens on this machine only and prints an address with a token; Ctrl-C stops it.

Examples:
  ff notebook                                 all of them
  ff notebook explore-league
  ff notebook explore-league --print          print the address, open no browser
  ff notebook --list""",
    **PLAIN,
)


def _known() -> dict[str, str]:
    """File by name, as it is typed."""
    from ff_analytics.cli.main import ROOT

    files = sorted((ROOT / "notebooks").glob("*.py"))
    return {file.stem.replace("_", "-"): str(file) for file in files}


def _about(file: str) -> str:
    import ast
    from pathlib import Path

    return ast.get_docstring(ast.parse(Path(file).read_text(encoding="utf-8"))) or ""


@app.default
def notebook(
    name: Annotated[str | None, Parameter(help="e.g. explore-league; empty = all.")] = None,
    *,
    port: Annotated[int | None, Parameter(help="Port on this machine; empty = a free one.")] = None,
    show: Annotated[bool, Parameter(name="--print", help="Print, open no browser.")] = False,
    all_names: Annotated[bool, Parameter(name="--list", help="List the notebooks.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
) -> int:
    """See the table of commands."""
    from ff_analytics.cli.work.targets import unknown

    known = _known()
    if all_names or as_json:
        rows = [{"name": one, "about": _about(file)} for one, file in known.items()]
        return listed(rows, as_json)
    wanted = name.replace("_", "-").removesuffix(".py") if name else None
    if wanted and wanted not in known:
        raise unknown(wanted, list(known), "ff notebook --list")
    if find_spec("marimo") is None:
        raise UsageError(
            'the extra "notebook" is not installed: scripts/bootstrap --dev installs it.'
        )
    what = known[wanted] if wanted else "notebooks"
    words = [sys.executable, "-m", "marimo", "edit", what, "--host", "127.0.0.1"]
    words += ["--skip-update-check", *(["--port", str(port)] if port else [])]
    return subprocess.call([*words, *(["--headless"] if show else [])])
