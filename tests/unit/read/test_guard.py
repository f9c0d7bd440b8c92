"""Which SQL of a person may run."""

import pytest

from ff_analytics.engine.read.query.guard import check
from ff_analytics.engine.read.query.limits import QueryRefused
from tests.fakes.attempts import ATTEMPTS


@pytest.mark.parametrize("sql", ATTEMPTS)
def test_what_does_more_than_read_the_lake_is_refused(sql: str) -> None:
    with pytest.raises(QueryRefused):
        check(sql)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", ()),
        ("FROM marts.weeks LIMIT 5;", ("marts.weeks",)),
        ("WITH w AS (FROM marts.weeks) SELECT count(*) FROM w", ("marts.weeks",)),
        ("DESCRIBE marts.weeks", ("marts.weeks",)),
        ("SUMMARIZE marts.weeks", ("marts.weeks",)),
        ("SHOW ALL TABLES", ()),
        ("-- which?\nEXPLAIN ANALYZE SELECT * FROM marts.weeks", ("marts.weeks",)),
        ("VALUES (1, 'DROP TABLE x')", ()),
        ("SELECT * FROM marts.weeks AT (VERSION => 3)", ("marts.weeks",)),
        ("SELECT list_transform([1], x -> x + 1), unnest([1, 2])", ()),
        ("FROM information_schema.columns", ("information_schema.columns",)),
        ("SELECT \"current_setting\" FROM marts.weeks -- ATTACH 'x'", ("marts.weeks",)),
    ],
)
def test_what_reads_is_let_through_with_its_tables(sql: str, tables: tuple[str, ...]) -> None:
    assert check(sql).tables == tables


def test_the_reason_names_what_was_refused_and_what_is_allowed() -> None:
    with pytest.raises(QueryRefused, match=r"INSERT is not allowed.*SELECT, WITH"):
        check("INSERT INTO marts.weeks VALUES (1)")


def test_a_query_nested_without_end_is_refused_not_crashed() -> None:
    with pytest.raises(QueryRefused):
        check("SELECT " + "(" * 40_000 + "1" + ")" * 40_000)
