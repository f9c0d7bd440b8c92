"""`ff notify-test`: one message of each kind through the real path, and whether it arrived."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed, out
from ff_analytics.cli.options import PLAIN

app = App(
    name="notify-test",
    help_epilogue="""\
Events like those of failing runs make the automations send through the Discord block;
nothing on the server is changed. With --local no Discord account is needed: copies of the
automations send to this command, which shows the messages as they would stand in the channel.
Exit code 1: a message did not arrive.

Examples:
  ff notify-test
  ff notify-test --local
  ff notify-test --json""",
    **PLAIN,
)


@app.default
def notify_test(
    *,
    local: Annotated[
        bool, Parameter(help="Show the messages here; needs no Discord account.")
    ] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
) -> int:
    """See the table of commands."""
    import asyncio
    from datetime import UTC, datetime

    from ff_analytics.platform.declared.files import load
    from ff_analytics.platform.notify_test import line, run, run_local
    from ff_analytics.platform.state import local_sink

    with local_sink.listening() as sink:
        outcomes = asyncio.run(run_local(sink) if local else run())
    arrived = sum(bool(outcome and outcome.delivered) for outcome in outcomes.values())
    if as_json:
        rows = [
            {"kind": kind, "delivered": bool(o and o.delivered), "reason": o.reason if o else None}
            for kind, o in outcomes.items()
        ]
        listed(rows, True)
        return 0 if arrived == len(outcomes) else 1
    local_sink.show(sink.contents, load().blocks[0].botname, datetime.now(UTC).astimezone())
    for kind, outcome in outcomes.items():
        out(line(kind, outcome))
    where = "this terminal" if local else "Discord"
    out(f"{arrived} of {len(outcomes)} messages delivered to {where}.")
    return 0 if arrived == len(outcomes) else 1
