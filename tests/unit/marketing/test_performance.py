"""Ratios, calendar, pacing and flags of channels per day, on days written out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ff_analytics.domains.marketing.products.channel_performance.compute import (
    STORE,
    TOTAL,
    performance,
)

FIRST = date(2026, 2, 1)
TENANTS = pl.DataFrame(
    {"tenant": ["acme"], "currency": ["USD"], "timezone": ["America/Los_Angeles"]}
)
LATER = datetime(9999, 1, 1, tzinfo=UTC)


def day(offset: int, channel: str = "meta-ads", **more: Any) -> dict[str, Any]:
    row = {"tenant": "acme", "date": FIRST + timedelta(days=offset), "channel": channel}
    row |= {"currency": "USD", "spend": Decimal(100), "impressions": 1000, "clicks": 10}
    return row | {"orders": 2.0, "revenue": Decimal(300), "new_customers": None} | more


def store(offset: int, revenue: int = 800, new: int = 4, currency: str = "USD") -> dict[str, Any]:
    return day(offset, STORE, spend=Decimal(0), impressions=0, clicks=0, orders=10.0,
               revenue=Decimal(revenue), new_customers=new, currency=currency)  # fmt: skip


def run(
    days: list[dict[str, Any]],
    budgets: dict[str, int] | None = None,
    today: date = date.max,
    known_until: datetime = LATER,
) -> pl.DataFrame:
    schema: Any = {
              "tenant": pl.String, "date": pl.Date, "channel": pl.String, "currency": pl.String,
              "spend": pl.Decimal(18, 6), "impressions": pl.Int64, "clicks": pl.Int64,
              "orders": pl.Float64, "revenue": pl.Decimal(18, 6),
              "new_customers": pl.Int64}  # fmt: skip
    plan = pl.DataFrame(
        [("acme", channel, "USD", Decimal(amount)) for channel, amount in (budgets or {}).items()],
        schema={"tenant": pl.String, "channel": pl.String, "currency": pl.String,
                "monthly_budget": pl.Decimal(18, 2)},
        orient="row",
    )  # fmt: skip
    return performance(pl.DataFrame(days, schema=schema), TENANTS, plan, today, known_until)


def row(frame: pl.DataFrame, channel: str, offset: int, currency: str = "USD") -> dict[str, Any]:
    found = frame.filter(channel=channel, date=FIRST + timedelta(days=offset), currency=currency)
    return found.row(0, named=True)


def test_total_sets_the_store_against_all_advertising() -> None:
    total = row(run([day(0), day(0, "google-ads"), store(0)]), TOTAL, 0)
    assert (total["spend"], total["revenue"], total["orders"]) == (Decimal(200), Decimal(800), 10)
    assert (total["mer"], total["cac"], total["roas"]) == (4.0, 50.0, None)


def test_orders_that_platforms_claim_are_not_added_up() -> None:
    total = row(run([day(0), day(0, "google-ads")]), TOTAL, 0)
    assert (total["orders"], total["new_customers"], total["cac"]) == (0, None, None)


def test_without_a_store_there_is_no_mer() -> None:
    assert row(run([day(0)]), TOTAL, 0)["mer"] is None


def test_a_day_without_delivery_is_zero_and_not_left_out() -> None:
    frame = run([day(0), day(2)])
    assert row(frame, "meta-ads", 1)["spend"] == 0
    assert row(frame, "meta-ads", 1)["roas"] is None
    assert row(frame, "meta-ads", 2)["spend_7d"] == 200


def test_currencies_are_never_added() -> None:
    euro = day(0, "google-ads", currency="EUR")
    frame = run([day(0), euro, store(0)])
    assert row(frame, TOTAL, 0)["spend"] == 100
    assert row(frame, TOTAL, 0, "EUR")["mer"] is None
    assert row(frame, TOTAL, 0)["reporting_currency"]
    assert not row(frame, TOTAL, 0, "EUR")["reporting_currency"]


def test_pacing_is_one_on_plan_and_null_without_a_budget() -> None:
    frame = run([day(n) for n in range(28)] + [store(n) for n in range(28)], {"meta-ads": 2800})
    assert row(frame, "meta-ads", 13)["pacing"] == pytest.approx(1.0)
    assert row(frame, TOTAL, 27)["pacing"] == pytest.approx(1.0)
    assert row(frame, STORE, 13)["pacing"] is None


def test_a_month_that_is_known_in_part_has_no_pacing() -> None:
    frame = run([day(n) for n in range(5, 28)], {"meta-ads": 2800})
    assert row(frame, "meta-ads", 20)["pacing"] is None


def test_a_jump_stands_out_and_a_wobble_does_not() -> None:
    days = [day(n, spend=Decimal(100 + n % 5)) for n in range(40)]
    days[35] = day(35, spend=Decimal(400))
    days[36] = day(36, revenue=Decimal(0))
    frame = run(days)
    assert row(frame, "meta-ads", 35)["anomaly"] == "spend high"
    assert row(frame, "meta-ads", 36)["anomaly"] == "revenue low"
    assert frame.filter(pl.col("anomaly").is_not_null(), channel="meta-ads").height == 2


def test_today_is_not_judged() -> None:
    days = [day(n) for n in range(30)] + [day(30, spend=Decimal(900))]
    today = FIRST + timedelta(days=30)
    assert row(run(days, today=today), "meta-ads", 30)["anomaly"] is None
    assert row(run(days), "meta-ads", 30)["anomaly"] == "spend high"


def test_a_day_is_over_when_it_is_over_where_the_tenant_is() -> None:
    days = [day(n) for n in range(30)] + [day(30, spend=Decimal(900))]
    # 2026-03-03 is over in London; in Los Angeles it ends eight hours later.
    for hour, judged in ((7, None), (9, "spend high")):
        frame = run(days, known_until=datetime(2026, 3, 4, hour, tzinfo=UTC))
        assert row(frame, "meta-ads", 30)["anomaly"] == judged


def test_a_trend_compares_a_week_with_four() -> None:
    days = [day(n, spend=Decimal(100 if n < 21 else 200)) for n in range(28)]
    assert row(run(days), "meta-ads", 27)["spend_trend"] == pytest.approx(200 / 125 - 1)
