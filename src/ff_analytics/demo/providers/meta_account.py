"""An ad account of the fake Meta: deliveries by day, and the insights that it answers."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class AdAccount:
    """One account; `rows` are its deliveries by day and advertisement."""

    id: str
    token: str
    currency: str = "USD"
    timezone: str = "America/New_York"
    rows: list[dict[str, str]] = field(default_factory=list)
    # Status by id of a campaign, ad set or ad; an object that is not here is ACTIVE. One that is
    # `erased` is missing even when deleted ones are requested.
    statuses: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    # Ad sets with different attribution settings: levels above name no purchases of their own.
    mixed_settings: bool = False

    def deliver(self, day: date, campaign: int, spend: str, **more: str) -> dict[str, str]:
        """Add one advertisement's day."""
        row = {
            "account_id": self.id,
            "campaign_id": f"{campaign}",
            "campaign_name": f"Campaign {campaign}",
            "adset_id": f"{campaign}1",
            "adset_name": f"Set {campaign}1",
            "ad_id": f"{campaign}11",
            "ad_name": f"Ad {campaign}11",
            "date_start": str(day),
            "date_stop": str(day),
            "spend": spend,
            "impressions": "1000",
            "clicks": "10",
            "reach": "900",
            "purchases": "1",
            "viewed": "0",
            **more,
        }
        self.rows.append(row)
        return row


def _action(bought: int, viewed: int, price: int, windows: list[str], own: bool) -> dict[str, str]:
    """One entry of actions or action_values; windows without a purchase are left out."""
    counts = {"7d_click": bought - viewed, "1d_view": viewed}
    entry = {"action_type": "omni_purchase"} | ({"value": str(bought * price)} if own else {})
    return entry | {w: str(counts[w] * price) for w in windows if counts.get(w)}


def _insight(
    rows: list[dict[str, str]], fields: list[str], windows: list[str], own: bool
) -> dict[str, Any]:
    """Rows of one day and object added up, metrics as text, actions absent when there are none."""
    total = {name: sum(int(r[name]) for r in rows) for name in ("impressions", "clicks", "reach")}
    cents = sum(round(float(r["spend"]) * 100) for r in rows)
    bought = sum(int(r["purchases"]) for r in rows)
    record: dict[str, Any] = {
        name: rows[0][name] for name in fields if name.endswith(("_id", "_name"))
    }
    record |= {name: str(value) for name, value in total.items()}
    record |= {"spend": f"{cents / 100:.2f}"}
    record |= {"date_start": rows[0]["date_start"], "date_stop": rows[0]["date_stop"]}
    if bought:
        viewed = sum(int(r.get("viewed", "0")) for r in rows)
        record["actions"] = [_action(bought, viewed, 1, windows, own)]
        record["action_values"] = [_action(bought, viewed, 50, windows, own)]
    return record


# Statuses in an answer when none is requested.
_BY_DEFAULT = {"ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "IN_PROCESS", "WITH_ISSUES"}


def _listed(account: AdAccount, row: dict[str, str], query: dict[str, str]) -> bool:
    """Whether the object of this row is in the answer: deleted ones only on request."""
    if query["level"] == "account":
        return True
    object_id = row[f"{query['level']}_id"]
    asked = {
        condition["field"]: set(condition["value"])
        for condition in json.loads(query.get("filtering", "[]"))
    }
    wanted = asked.get(f"{query['level']}.effective_status", _BY_DEFAULT)
    return object_id not in account.erased and account.statuses.get(object_id, "ACTIVE") in wanted


def records(account: AdAccount, query: dict[str, str]) -> list[dict[str, Any]]:
    """The answer to a query: rows grouped by day and object."""
    window = json.loads(query["time_range"])
    fields = query["fields"].split(",")
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    ids = [name for name in fields if name.endswith("_id")]
    since, until = window["since"], window["until"]
    wanted = [
        row
        for row in account.rows
        if since <= row["date_start"] <= until and _listed(account, row, query)
    ]
    for row in sorted(wanted, key=lambda r: (r["date_start"], r["ad_id"])):
        key = (row["date_start"], *(row[name] for name in ids))
        groups.setdefault(key, []).append(row)
    windows = json.loads(query.get("action_attribution_windows", "[]"))
    own = not account.mixed_settings or query["level"] in ("adset", "ad")
    return [_insight(rows, fields, windows, own) for rows in groups.values()]
