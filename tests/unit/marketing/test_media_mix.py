"""The weekly table for media-mix models: whole weeks of which every account was loaded."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

from ff_analytics.domains.marketing.media_mix import Loaded, loaded_days, weekly
from ff_analytics.engine.base.errors import ConfigError

MONDAY = date(2026, 3, 2)


def days(count: int = 21, first: date = MONDAY) -> pl.DataFrame:
    """A store with two orders a day, and a channel that spends 10 on weekdays."""
    rows = []
    for n in range(count):
        day = first + timedelta(days=n)
        rows.append((day, "store", 0.0, 0, 0, 2.0, 100.0))
        if day.weekday() < 5:
            rows.append((day, "meta-ads", 10.0, 1000, 50, 1.0, 60.0))
    names = ["date", "channel", "spend", "impressions", "clicks", "orders", "revenue"]
    return pl.DataFrame(rows, schema=names, orient="row")


def test_a_week_has_the_stores_orders_and_each_channels_spend() -> None:
    frame = weekly(days(), []).frame
    assert frame.columns == [
        *("week", "orders", "revenue", "revenue_per_order"),
        *("meta_ads_spend", "meta_ads_impressions", "meta_ads_clicks"),
    ]
    assert frame.row(0) == (MONDAY, 14.0, 700.0, 50.0, 50.0, 5000, 250)
    assert frame["week"].to_list() == [MONDAY + timedelta(weeks=n) for n in range(3)]


def test_a_week_without_delivery_is_zero() -> None:
    table = days().filter(
        (pl.col("channel") == "store") | (pl.col("date") < MONDAY + timedelta(days=7))
    )
    assert weekly(table, []).frame["meta_ads_spend"].to_list() == [50.0, 0.0, 0.0]


def test_only_weeks_that_every_account_covers_are_in_it() -> None:
    accounts = [
        Loaded("meta-ads acme/1", MONDAY + timedelta(days=2), MONDAY + timedelta(days=30)),
        Loaded("google-ads acme/2", MONDAY, MONDAY + timedelta(days=19)),
    ]
    found = weekly(days(), accounts)
    assert found.frame["week"].to_list() == [MONDAY + timedelta(weeks=1)]
    assert found.notes == (
        "Weeks from 2026-03-09 to 2026-03-15.",
        "The first day is bounded by meta-ads acme/1, loaded from 2026-03-04.",
        "The last day is bounded by google-ads acme/2, complete to 2026-03-21.",
    )


@pytest.mark.parametrize("first", [MONDAY + timedelta(days=n) for n in range(7)])
def test_weeks_begin_on_mondays_and_are_whole(first: date) -> None:
    frame = weekly(days(30, first), []).frame
    assert {week.weekday() for week in frame["week"]} == {0}
    assert set(frame["orders"]) == {14.0}


def test_the_day_of_the_load_is_not_over() -> None:
    cursor = {"since": "2026-03-01", "first": "2026-01-05", "loaded_until": "2026-03-20"}
    (found,) = loaded_days(
        [
            ("meta-ads", "acme/1", json.dumps({**cursor, "asked_at": "2026-03-20T05:00:00Z"})),
            ("shopify-products", "acme/x", json.dumps({"etag": "1"})),
        ]
    )
    assert found == Loaded("meta-ads acme/1", date(2026, 1, 5), date(2026, 3, 19))


@pytest.mark.parametrize(
    ("table", "accounts", "said"),
    [
        (days().filter(pl.col("channel") != "store"), [], "no orders of a store"),
        (days(6), [], "No whole week"),
        (days(), [Loaded("a", MONDAY, MONDAY + timedelta(days=5))], "No whole week"),
    ],
)
def test_what_is_no_table_is_refused(
    table: pl.DataFrame, accounts: list[Loaded], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        weekly(table, accounts)
