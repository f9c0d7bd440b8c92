"""Named instants at which a test may kill, hang or break the process; inert otherwise.

`FF_FAULT="write-parquet.before-replace=kill"` kills the process with SIGKILL there.
Actions: `kill`, `hang` (until `FF_FAULT_RELEASE` exists), or the name of a system error such as
`enospc`, `eio`, `eacces` (raise that OSError).
"""

import errno
import os
import signal
import time
from pathlib import Path


def fault_point(name: str) -> None:
    """Trigger the fault in `FF_FAULT` at this point; do nothing if it names another or is unset."""
    wanted, _, action = os.environ.get("FF_FAULT", "").partition("=")
    if wanted != name:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "hang":
        release = Path(os.environ["FF_FAULT_RELEASE"])
        release.with_suffix(".reached").touch()
        while not release.exists():
            time.sleep(0.02)
    else:
        number = getattr(errno, action.upper())
        raise OSError(number, os.strerror(number), name)
