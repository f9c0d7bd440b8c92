"""Klaviyo's records in the contracts' columns, from answers of either shape of campaigns."""

from typing import Any

from ff_analytics.engine.accounts.rows import nested
from ff_analytics.engine.base.errors import SourceError

_COPIED = (
    *("name", "status", "archived", "created_at", "updated_at", "scheduled_at", "send_time"),
    *("audiences", "send_strategy", "send_options"),
)
_RELATED = {"campaign-audiences": "audience", "campaign-messages": "message"}
# What a campaign with several messages is, by the state that is furthest on its way.
_FURTHEST = ("sending", "sent", "scheduled", "cancelled", "draft")


def joined(records: list[dict[str, Any]], included: Any) -> list[dict[str, Any]]:
    """Records with the attributes of their included audiences and messages."""
    found = {
        (one.get("type"), one.get("id")): nested(one, "attributes")
        for one in included or []
        if isinstance(one, dict)
    }
    if not found:
        return records
    for record in records:
        for relation in _RELATED:
            links = nested(nested(record, "relationships"), relation).get("data") or []
            known = [found.get((link.get("type"), link.get("id"))) for link in links]
            record[relation] = [one for one in known if one is not None]
    return records


def _definitions(record: dict[str, Any], relation: str) -> list[dict[str, Any]]:
    return [nested(one, "definition") for one in record.get(relation) or []]


def _send_time(messages: list[dict[str, Any]]) -> Any:
    """The first moment of sending; a test of send times has one for each variation."""
    options = [nested(message, "send_options") for message in messages]
    moments = [one.get("send_time") for one in options]
    moments += [moment for one in options for moment in nested(one, "send_times").values()]
    return min((moment for moment in moments if isinstance(moment, str)), default=None)


def _status(messages: list[dict[str, Any]]) -> str:
    states = [str(message["status"]) for message in messages if message.get("status")]
    known = [state for state in _FURTHEST if state in states]
    return next(iter([*known, *states]), "unknown").capitalize()


def campaign_row(record: dict[str, Any]) -> dict[str, Any]:
    """One campaign in the contract's columns.

    From revision 2026-10-15 on its state and its time of sending are those of its messages.
    """
    attributes = nested(record, "attributes")
    row = {"campaign_id": record.get("id"), **{name: attributes.get(name) for name in _COPIED}}
    if "definition" not in attributes:
        return row
    definition, messages = attributes["definition"] or {}, _definitions(record, "campaign-messages")
    return row | {
        "name": definition.get("name"),
        "archived": definition.get("archived"),
        "status": _status(messages),
        "send_time": _send_time(messages),
        "audiences": _definitions(record, "campaign-audiences") or None,
        "send_strategy": definition.get("send_settings"),
        "send_options": [message.get("send_options") for message in messages] or None,
    }


def flow_row(record: dict[str, Any]) -> dict[str, Any]:
    """One flow in the contract's columns."""
    attributes = nested(record, "attributes")
    copied = {name: attributes.get(name) for name in ("name", "status", "archived", "trigger_type")}
    times = {"created_at": attributes.get("created"), "updated_at": attributes.get("updated")}
    return {"flow_id": record.get("id"), **copied, **times}


def values_row(result: dict[str, Any]) -> dict[str, Any]:
    """One result of a report in the contract's columns."""
    more = {"date": result["date"]} if "date" in result else {}
    return {**nested(result, "statistics"), **nested(result, "groupings"), **more}


def by_day(results: Any, moments: Any, who: str) -> list[dict[str, Any]]:
    """A series as one result per day with anything; raises `SourceError` for uneven series."""
    days = [str(moment)[:10] for moment in moments]
    rows = []
    for result in results:
        series = nested(result, "statistics")
        if any(not isinstance(one, list) or len(one) != len(days) for one in series.values()):
            raise SourceError(
                f"{who}: a series of Klaviyo's report has another length than its days. Nothing "
                "of it was loaded; run again."
            )
        for place, day in enumerate(days):
            statistics = {name: one[place] for name, one in series.items()}
            if any(statistics.values()):
                groups = nested(result, "groupings")
                rows.append({"groupings": groups, "statistics": statistics, "date": day})
    return rows
