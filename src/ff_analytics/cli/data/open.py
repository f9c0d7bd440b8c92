"""`ff open`: the addresses of the UI and of the newest reports."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed, out
from ff_analytics.cli.data.addresses import addresses
from ff_analytics.cli.options import PLAIN

app = App(
    name="open",
    help_epilogue="""\
Examples:
  ff open                                     every address
  ff open ui                                  the Prefect UI in the browser
  ff open valuation                           the newest report of the product
  ff open valuation --print                   only its address
  ff open --json""",
    **PLAIN,
)


@app.default
def open_address(
    name: Annotated[str | None, Parameter(help="ui, or a report; empty = list them.")] = None,
    *,
    show: Annotated[bool, Parameter(name="--print", help="Print, open no browser.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
) -> int:
    """See the table of commands."""
    from ff_analytics.cli.work.targets import unknown

    found = {one.name: one for one in addresses()}
    if name is None:
        return listed([one._asdict() for one in found.values()], as_json)
    if name not in found:
        raise unknown(name, list(found), "ff open")
    if as_json:
        return listed([found[name]._asdict()], True)
    out(found[name].url)
    if not show:
        import webbrowser

        webbrowser.open(found[name].url)
    return 0
