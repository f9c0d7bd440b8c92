"""`ff demo`: three invented shops, loaded and reported without any account."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import out
from ff_analytics.cli.options import PLAIN

app = App(
    name="demo",
    help_epilogue="""\
Fake servers for Meta, Google, Shopify and Klaviyo run on this machine as long as the
loads take. Everything goes below data/demo-marketing, which a repeat replaces; your own lake is
not touched.

Examples:
  ff demo
  ff demo --days 35""",
    **PLAIN,
)


@app.default
def demo(*, days: Annotated[int, Parameter(help="Days of advertising.")] = 90) -> int:
    """See the table of commands."""
    from ff_analytics.cli.console import UsageError
    from ff_analytics.demo.marketing import run

    if not 8 <= days <= 730:
        raise UsageError(f"--days {days} is not from 8 to 730.")
    out(f"  report   {run(days=days)}")
    return 0
