"""Wiring only: which tasks run in which order, and what happens when one fails."""

import gc
import os
import sys

from tasks.shown.log import leave_out_completed_tasks

# A run is a short process that imports a lot and keeps it: looking for garbage among modules
# cost it half a second of five. What is loaded by now is not looked at, later things rarely.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

leave_out_completed_tasks()


def as_script(*command: str) -> None:
    """`python flows/<file>.py`: the work of `ff COMMAND`, in this process, without a server."""
    words = [sys.executable, "-m", "ff_analytics.cli", *command, *sys.argv[1:]]
    os.execv(sys.executable, words)
