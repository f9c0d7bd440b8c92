"""Flow runs per minute with 1, 2 and 4 workers: two API replicas, Postgres, Redis, one machine."""

from pathlib import Path
from time import perf_counter

from benchmarks.model import Cell, Table
from tests.scale.several import Several, several
from tests.waiting import FINAL, until

WORKERS = (1, 2, 4)
_LIMIT = 2


def _busy() -> tuple[float, float]:
    """Seconds of processor time of this machine: used, and in all."""
    words = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = words[3] + words[4]
    return (sum(words) - idle) / 100, sum(words) / 100


def _one(platform: Several, workers: int, count: int, first: int) -> tuple[float, float]:
    """Runs per minute, and the share of the processors that was busy."""
    names = [f"worker-{number}" for number in range(workers)]
    for name in names:
        platform.start_worker("first", name, _LIMIT)
    used, whole = _busy()
    begun = perf_counter()
    runs = platform.submit_numbers("count", range(first, first + count), seconds=0.0)

    def done() -> bool:
        return all(state in FINAL for state in platform.states(runs).values())

    until("all runs ended", done, platform.logs, patience=60 + 20 * count, every=0.5)
    seconds = perf_counter() - begun
    used, whole = _busy()[0] - used, _busy()[1] - whole
    assert set(platform.states(runs).values()) == {"COMPLETED"}
    platform.first.power_off(*names)
    return count * 60 / seconds, used / whole


def measure(folder: Path, count: int) -> tuple[Table, list[str]]:
    """A table of runs per minute, and notes on it."""
    rows: list[tuple[Cell, ...]] = []
    folder.mkdir(parents=True)
    with several(folder) as platform:
        platform.deploy("count")
        # The first runs create the table and fill the caches.
        _one(platform, 1, 2, 0)
        for number, workers in enumerate(WORKERS, 1):
            rate, busy = _one(platform, workers, count, 1000 * number)
            rows.append((workers, workers * _LIMIT, rate, f"{busy:.0%}"))
    table = Table(
        title=f"Flow runs per minute, {count} runs each",
        columns=("workers", "runs at a time", "runs per minute", "processors busy"),
        rows=rows,
    )
    return table, [
        "Runs: each starts a Python process, imports Prefect, and merges one row into a lake whose "
        "catalog is in the same Postgres; two API replicas behind nginx, Redis, services and "
        f"workers ({_LIMIT} runs at a time each) share the machine.",
        "Processor time is the limit: a run starts Python and imports Prefect, and the replicas "
        "answer it; other work on the machine is in `processors busy`, too. Workers beyond one run "
        "per core add nothing on the same machine.",
    ]
