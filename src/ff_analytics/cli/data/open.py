"""`ff open`: the app, the Prefect UI and the reports, in the browser."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, listed, out
from ff_analytics.cli.data.addresses import addresses
from ff_analytics.cli.options import PLAIN

app = App(
    name="open",
    help_epilogue="""\
Examples:
  ff open                                     the app; starts it where none runs
  ff open --print                             its address, which logs in once
  ff open --list                              every address
  ff open ui                                  the Prefect UI in the browser
  ff open valuation                           the newest report of the product
  ff open valuation --print                   only its address
  ff open --json""",
    **PLAIN,
)


def _serve(port: int | None, quietly: bool) -> int:
    """Serve the app here until Ctrl-C; the browser opens once it answers."""
    from ff_analytics.app.__main__ import serve

    if quietly:
        raise UsageError("the app does not run; ff open starts it, and scripts/quickstart does.")
    serve(port, browse=True)
    return 0


@app.default
def open_address(
    name: Annotated[str, Parameter(help="app, ui, or a report.")] = "app",
    *,
    every: Annotated[bool, Parameter(name="--list", help="List every address.")] = False,
    show: Annotated[bool, Parameter(name="--print", help="Print, open no browser.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
    port: Annotated[int | None, Parameter(help="Port, where the app is started.")] = None,
) -> int:
    """See the table of commands."""
    from ff_analytics.cli.work.targets import unknown

    found = {one.name: one for one in addresses()}
    if every or (as_json and name == "app"):
        return listed([one._asdict() for one in found.values()], as_json)
    if name == "app" and name not in found:
        return _serve(port, show)
    if name not in found:
        raise unknown(name, list(found), "ff open --list")
    if as_json:
        return listed([found[name]._asdict()], True)
    out(found[name].url)
    if not show:
        import webbrowser

        webbrowser.open(found[name].url)
    return 0
