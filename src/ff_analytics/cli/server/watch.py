"""`ff watch`: find what no event reports, end zombie runs, and emit one event for each finding."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed
from ff_analytics.cli.options import PLAIN

app = App(
    name="watch",
    help_epilogue="""\
Without --once it looks every 20 seconds until it is stopped. With --once: exit code 0
nothing is open, 1 something is.

Examples:
  ff watch                                    beside the server, on one machine
  ff watch --once
  ff watch --once --json                      what is open now""",
    **PLAIN,
)


@app.default
def watch(
    *,
    once: Annotated[bool, Parameter(help="Look once.")] = False,
    interval: Annotated[float, Parameter(help="Seconds between looks.")] = 20.0,
    beside_workers: Annotated[
        bool, Parameter(help="End with the last worker of this folder.")
    ] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="With --once: print findings.")] = False,
) -> int:
    """See the table of commands."""
    import asyncio

    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.platform.api.server import let_in
    from ff_analytics.platform.watch import episodes, loop
    from ff_analytics.platform.watch.findings import Limits
    from ff_analytics.platform.watch.memory import Memory

    file = get_settings().data / "watch" / "open.json"
    try:
        # First of all: no look corrects a wrong key.
        asyncio.run(let_in())
        if not once:
            look_on = loop.beside_workers if beside_workers else loop.alone_or_after
            look_on(file, Limits(), interval)
            return 0
        seen = asyncio.run(loop.once(Memory(file), Limits()))
    except KeyboardInterrupt:
        return 0
    if as_json:
        listed([finding.model_dump(mode="json") for finding in seen.found], True)
    return 1 if any(finding.kind not in episodes.KINDS for finding in seen.found) else 0
