"""`ff drain`: stop a worker so that no run is lost."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import out
from ff_analytics.cli.options import PLAIN

app = App(
    name="drain",
    help_epilogue="""\
The pool is paused, active runs may finish, then the worker ends. Ctrl-C on a worker
kills its runs. Exit code 1: a worker did not stop.

Examples:
  ff drain --dry-run  the workers and runs of this checkout
  ff drain
  ff drain --grace 60 --pid 4711""",
    **PLAIN,
)


@app.default
def drain(
    *,
    pool: Annotated[str | None, Parameter(help="Work pool; empty = FF_WORK_POOL.")] = None,
    grace: Annotated[float, Parameter(help="Seconds that runs may take.")] = 300.0,
    pid: Annotated[int | None, Parameter(help="Only this worker process.")] = None,
    dry_run: Annotated[bool, Parameter(help="Only list the workers and their runs.")] = False,
) -> int:
    """See the table of commands."""
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.platform.local import drain as local

    pool = pool or get_settings().work_pool
    if not dry_run:
        return local.drain(pool, grace, pid)
    found = local.chosen(pool, pid)
    for worker, runs in found.items():
        out(f"worker {worker} of {pool}: {len(runs)} active runs {sorted(runs) or ''}".rstrip())
    out(f"Dry run: {len(found)} workers would be stopped.")
    return 0
