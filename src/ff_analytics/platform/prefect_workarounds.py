"""Workarounds for Prefect, and the release that they were checked on.

A new Prefect release fails `tests/unit/platform/test_prefect_workarounds.py` until each entry has
been checked again. Delete an entry together with its code once Prefect no longer needs it. Then
set `CHECKED_ON`, the pin in pyproject.toml and `prefect-version` in prefect.yaml.

`check` is the kind of check: `test` asserts Prefect's behaviour, so that it fails when
the reason disappears; `run` means that it was reproduced manually, `source` that Prefect's code
was read.
"""

from dataclasses import dataclass
from typing import Literal

CHECKED_ON = "3.9.1"
_OURS = "src/ff_analytics/platform"


@dataclass(frozen=True)
class Workaround:
    """One deviation: Prefect's behaviour, where the answer to it is, and how to check it."""

    name: str
    reason: str
    # File, and a word in it that leads to the place.
    places: tuple[tuple[str, str], ...]
    check: Literal["test", "run", "source"]
    upstream: str = ""


WORKAROUNDS = (
    Workaround(
        "whenever-cap",
        "With `whenever` 0.10.5, which Prefect allows, the scheduler makes no run of any cron "
        "schedule on Python 3.11 and 3.12 (ValueError: tzinfo must be of type ZoneInfo). The "
        "server looks healthy, and runs started by hand work.",
        (("pyproject.toml", "whenever>=0.11"),),
        "run",
    ),
    Workaround(
        "leases-on-disk",
        "Concurrency leases are kept in memory by default; a restart of the server leaks the slot.",
        (("prefect.toml", "lease_storage"), ("deployments/compose/compose.yaml", "LEASE_STORAGE")),
        "test",
        "PrefectHQ/prefect#18893",
    ),
    Workaround(
        "shortest-heartbeat",
        "The default heartbeat of 180 s lets a dead run of another host look alive for minutes.",
        (("prefect.toml", "heartbeat_frequency"), (f"{_OURS}/watch/findings.py", "heartbeat")),
        "test",
    ),
    Workaround(
        "engine-as-command",
        "A pool without a command starts a second interpreter per run; with one, the worker reads "
        "the run's output through pipes, and a run whose worker was killed crashes on them.",
        (
            ("deployments/work-pools/local-process-pool.yaml", "prefect_engine"),
            (f"{_OURS}/local/prefect_engine.py", "redirect"),
        ),
        "source",
        "PrefectHQ/prefect#21944",
    ),
    Workaround(
        "unclosed-connections",
        "The engine leaves connections to the garbage collector. Where ResourceWarning is on "
        "(PYTHONWARNINGS), its output can break an import of the run with a KeyError.",
        ((f"{_OURS}/local/prefect_engine.py", "ResourceWarning"),),
        "run",
    ),
    Workaround(
        "drained-worker",
        "A worker that is stopped kills its runs and leaves them Running.",
        ((f"{_OURS}/local/drain.py", "drain"), (f"{_OURS}/local/worker.py", "drain")),
        "test",
        "PrefectHQ/prefect#16746",
    ),
    Workaround(
        "strict-manifest",
        "`prefect deploy` ignores unknown keys of prefect.yaml and unknown parameter names.",
        ((f"{_OURS}/manifest.py", "Strict"), (f"{_OURS}/startup.py", "refuse_broken")),
        "test",
    ),
    Workaround(
        "pool-before-deploy",
        "`prefect deploy` refuses a missing pool, and a worker makes one without our defaults.",
        ((f"{_OURS}/startup.py", "_make_pools"),),
        "source",
    ),
    Workaround(
        "plan-and-prune",
        "`prefect deploy` only adds: removed deployments and renamed schedules stay active.",
        ((f"{_OURS}/state/deployed.py", "remove"),),
        "source",
        "PrefectHQ/prefect#15332",
    ),
    Workaround(
        "strict-automations",
        "The server takes an automation with a mistyped `expect`, which then matches every event.",
        ((f"{_OURS}/declared/files.py", "_no_catch_all"),),
        "test",
        "PrefectHQ/prefect#18918",
    ),
    Workaround(
        "redelivery",
        "A notification is tried once, and once more after a 429.",
        ((f"{_OURS}/alerts/delivery.py", "Redelivery"),),
        "source",
    ),
    Workaround(
        "webhook-name",
        "DiscordWebhook does not send `botname`.",
        (("blocks/alerts.py", "introduce"),),
        "test",
    ),
    Workaround(
        "pages-per-server",
        "Two servers of one installation that prepare the pages of the UI at once spoil them.",
        (
            (f"{_OURS}/boot/units.py", "UI_STATIC_DIRECTORY"),
            (f"{_OURS}/processes/services.py", "UI_STATIC_DIRECTORY"),
        ),
        "source",
    ),
)
