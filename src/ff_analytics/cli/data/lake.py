"""`ff lake`: the lake's catalog and files."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.settings import get_settings

app = App(
    name="lake",
    help_epilogue="""\
Examples:
  ff lake copies                              the copies of the catalog
  ff lake restore latest --dry-run  check the newest copy, replace nothing
  ff lake move --help""",
    **PLAIN,
)
_BELOW = {
    "restore": "List the copies of the lake's catalog, or put one back.",
    "move": "Copy this lake, its history included, to Postgres and S3, and compare it.",
}
for _name, _about in _BELOW.items():
    app.command(f"ff_analytics.cli.data.{_name}:app", name=_name, help=_about)


@app.command(
    help_epilogue="""\
Examples:
  ff lake copies
  ff lake copies --json"""
)
def copies(
    *, as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False
) -> int:
    """List the copies of the lake's catalog, newest first."""
    from ff_analytics.cli.data import restore

    settings = get_settings()
    if not as_json:
        return restore.show(settings)
    listed(rows := restore.rows(settings), True)
    return 0 if rows else 1
