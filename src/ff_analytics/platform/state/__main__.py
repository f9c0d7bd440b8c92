"""`ff platform plan | apply | prune`: the server brought in step with the repo."""

import argparse
import asyncio
import sys

from ff_analytics.engine.base.errors import FFError
from ff_analytics.platform.state import work


def say(text: str) -> None:
    """A line for people."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def plan() -> int:
    """Print the difference; 2 when there is one."""
    found = asyncio.run(work.plan())
    say(found.text())
    return 2 if found.changes else 0


def apply() -> int:
    """Print what was done; twice in a row the second does nothing."""
    done, remarks = asyncio.run(work.apply())
    for change in done.to_apply:
        say("\n".join(change.lines()))
    for remark in [*remarks, *done.notes]:
        say(f"note: {remark}")
    left = len(done.to_prune)
    say(f"Applied: {len(done.to_apply)} changes." if done.to_apply else "Nothing to change.")
    if left:
        say(f"{left} left-overs on the server: ff platform prune")
    return 0


def prune(yes: bool, dry_run: bool) -> int:
    """Remove what the repo no longer has, after asking."""
    left = asyncio.run(work.plan()).to_prune
    if not left:
        say("Nothing to prune.")
        return 0
    for change in left:
        say(f"- {change.kind} {change.name}")
    if dry_run:
        say(f"Dry run: {len(left)} would go.")
        return 0
    if not yes:
        if not sys.stdin.isatty():
            say("Not removed: nobody to ask here. Repeat with --yes, or look with --dry-run.")
            return 1
        if input(f"Remove these {len(left)} from the server? [y/N] ").strip().lower() != "y":
            say("Nothing was removed.")
            return 1
    asyncio.run(work.prune(left))
    say(f"Removed {len(left)}.")
    return 0


def main() -> int:
    """Parse, run, explain."""
    parser = argparse.ArgumentParser(prog="ff platform", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("plan", help="show the difference; exit code 2 when there is one")
    commands.add_parser("apply", help="create and change; removes nothing, repeats do nothing")
    pruning = commands.add_parser("prune", help="remove what the repo no longer has")
    pruning.add_argument("--yes", action="store_true", help="do not ask")
    pruning.add_argument("--dry-run", action="store_true", help="only show what would go")
    options = parser.parse_args()
    try:
        if options.command == "prune":
            return prune(options.yes, options.dry_run)
        return plan() if options.command == "plan" else apply()
    except FFError as error:
        sys.stderr.write(f"platform: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
