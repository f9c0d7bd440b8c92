"""A small flow for runs by the hundred: each takes a while and keeps one number in the lake."""

import asyncio
import os
from pathlib import Path
from uuid import uuid4

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from ff_analytics.engine.base.errors import ConfigError, FFError
from tasks.policy import RETRIES, failed

TABLE = "raw_probe.numbers"


@task(name="keep", cache_policy=NO_CACHE, **RETRIES)
def keep(number: int) -> None:
    """The number and its square, merged by key."""
    import polars as pl

    from ff_analytics.engine import lake

    row = pl.DataFrame({"number": [number], "square": [number * number]})
    lake.commit(
        lake.Provenance(author="numbers", message=f"number {number}"),
        lambda con: lake.upsert(con, row, TABLE, ["number"]),
    )


@flow(name="numbers")
async def numbers(number: int, seconds: float = 1.0, fail: bool = False) -> State[None] | None:
    """Note that this run was executed, wait, keep the number; or fail with it."""
    # A file of its own for each time that the run's code begins: twice would show.
    notes = Path(os.environ["FF_TEST_NOTES"])
    (notes / f"{runtime.flow_run.id}_{uuid4().hex}").touch()
    await asyncio.sleep(seconds)
    try:
        if fail:
            # Letters: alerts count failures that differ in a number alone as equal.
            letter = "abcdefghijklmnopqrstuvwxyz"[abs(number)]
            raise ConfigError(f"number {letter} is not wanted")
        keep(number)  # type: ignore[unused-coroutine]  # a sync task
    except FFError as error:
        return failed("keep", error)
    return None
