"""What is told while something is tried again."""

import subprocess
import sys

import duckdb
import pytest
from stamina.instrumentation import RetryDetails

from ff_analytics.engine.base.retries import PassingError, retry_line


def details(cause: Exception) -> RetryDetails:
    return RetryDetails(
        name="read", args=(), kwargs={}, retry_num=1, wait_for=0.5, waited_so_far=0, caused_by=cause
    )


def test_a_provider_is_quoted_and_the_lake_is_not() -> None:
    away = duckdb.IOException('at path "postgres:host=db password=s3cret": connection refused')
    assert retry_line(details(away)) == "the lake is busy or away (IOException); try 2 in 0.5 s"
    assert retry_line(details(PassingError("answered 503"))) == "answered 503; try 2 in 0.5 s"


@pytest.mark.parametrize(
    "module",
    ["ff_analytics.engine.lake", "ff_analytics.engine.http.client", "ff_analytics.engine.dbt"],
)
def test_no_module_that_retries_leaves_it_to_the_library_to_tell(module: str) -> None:
    code = (
        f"import {module}; from stamina.instrumentation import get_on_retry_hooks; "
        "print([hook.__module__ for hook in get_on_retry_hooks()])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['ff_analytics.engine.base.retries']"
