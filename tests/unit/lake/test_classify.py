"""Which errors of the lake's servers are worth another attempt."""

import duckdb
import pytest

from ff_analytics.engine.lake.attach.classify import is_transient

TAKEN = (
    "Failed to commit DuckLake transaction. Exceeded the maximum retry count of 10: ERROR: "
    'duplicate key value violates unique constraint "ducklake_snapshot_pkey"'
)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (TAKEN, True),
        ("Transaction conflict - attempting to insert into table", True),
        ("connection to server at 127.0.0.1 failed: Connection refused", True),
        ('duplicate key value violates unique constraint "players_pkey"', False),
        ("Catalog Error: Table with name x does not exist", False),
    ],
)
def test_what_others_were_faster_at_is_tried_again(said: str, again: bool) -> None:
    assert is_transient(duckdb.TransactionException(said)) is again
