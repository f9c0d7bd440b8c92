"""`ff platform`: the server in step with the repo."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import agreed, listed, note, out
from ff_analytics.cli.options import PLAIN

app = App(
    name="platform",
    help_epilogue="""\
Examples:
  ff platform plan                            what differs
  ff platform apply                           create and change what differs
  ff platform prune --dry-run                 what the repo no longer has""",
    **PLAIN,
)


@app.command(
    help_epilogue="""\
Exit codes: 0 in step, 3 different, 1 the comparison failed.

Examples:
  ff platform plan
  ff platform plan --json"""
)
def plan(
    *, as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False
) -> int:
    """Show what differs between the repo and the server."""
    import asyncio

    from ff_analytics.platform.state import work

    found = asyncio.run(work.plan())
    if as_json:
        listed([change.model_dump(mode="json") for change in found.changes], True)
    else:
        out(found.text())
    return 3 if found.changes else 0


@app.command(
    help_epilogue="""\
Examples:
  ff platform plan; ff platform apply"""
)
def apply() -> int:
    """Create and change what differs. Removes nothing; a second time changes nothing."""
    import asyncio

    from ff_analytics.platform.state import work

    done = asyncio.run(work.apply())
    plan = done.plan
    for change in plan.to_apply:
        out("\n".join(change.lines()))
    for remark in [*done.remarks, *plan.notes]:
        out(f"note: {remark}")
    for step in done.failed:
        note(f"not in step: {step}")
    if done.failed:
        note("The rest is applied. Wait until the server is less busy, then: ff platform apply")
        return 1
    left = len(plan.to_prune)
    out(f"Applied: {len(plan.to_apply)} changes." if plan.to_apply else "Nothing to change.")
    if left:
        out(f"{left} left-overs on the server: ff platform prune")
    return 0


@app.command(
    help_epilogue="""\
Examples:
  ff platform prune --dry-run
  ff platform prune --yes"""
)
def prune(
    *,
    yes: Annotated[bool, Parameter(help="Do not ask.")] = False,
    dry_run: Annotated[bool, Parameter(help="Only show what would go.")] = False,
) -> int:
    """Remove from the server what the repo no longer has; asks first."""
    import asyncio

    from ff_analytics.platform.state import work

    left = asyncio.run(work.plan()).to_prune
    if not left:
        out("Nothing to prune.")
        return 0
    for change in left:
        out(f"- {change.kind} {change.name}")
    if dry_run:
        out(f"Dry run: {len(left)} would go.")
        return 0
    if not agreed(f"Remove these {len(left)} from the server?", yes=yes):
        note("Nothing was removed.")
        return 1
    asyncio.run(work.prune(left))
    out(f"Removed {len(left)}.")
    return 0
