"""Peak memory of a stretch of this process."""

import resource
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset() -> None:
    """Begin a new stretch, where the system can (Linux); else the peak is that of the process."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


def megabytes() -> float:
    """Most resident memory since the last reset."""
    if _STATUS.exists():
        line = next(x for x in _STATUS.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
