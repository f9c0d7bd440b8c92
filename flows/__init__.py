"""Wiring only: which tasks run in which order, and what happens when one fails."""

import gc

from tasks.shown.log import leave_out_completed_tasks

# A run is a short process that imports a lot and keeps it: looking for garbage among modules
# cost it half a second of five. What is loaded by now is not looked at, later things rarely.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

leave_out_completed_tasks()
