"""Flows that end as asked, deployed by the alert tests; written as the house's flows are."""

import os
import signal
from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import State

from ff_analytics.engine.base.errors import (
    ConfigError,
    ContractViolation,
    DbtFailure,
    LakeBusy,
)
from tasks.artifacts import warn_event
from tasks.policy import RETRIES, failed

ERRORS = {
    "configuration": ConfigError("There is no league 'x'.\nKnown: a, b."),
    "contract": ContractViolation("probe: the output breaks its contract: vor_range x 3."),
    "dbt": DbtFailure("dbt test unique_player failed: 2 rows. SQL: target/x.sql"),
}


@task(name="stage", **(RETRIES | {"retry_delay_seconds": 0.1}))
def stage(kind: str, tries: list[int]) -> None:
    """Fail as asked; `retried` only the first time."""
    tries.append(1)
    if kind == "retried" and len(tries) == 1:
        raise LakeBusy("held by another run")
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "warned":
        warn_event("raw_probe.rows", "raw_probe.rows: row change: 10 to 3 rows (-70%).")
    if kind == "unforeseen":
        raise KeyError("vor")
    if kind in ERRORS:
        raise ERRORS[kind]


@flow(name="probe")
async def probe(kind: str) -> State[Any] | str:
    """End as `kind` says."""
    try:
        stage(kind, [])  # type: ignore[unused-coroutine]  # a sync task
    except (ConfigError, ContractViolation, DbtFailure) as error:
        return failed("compute", error)
    return kind
