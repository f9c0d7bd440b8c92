"""Values of a plan in the form that each type of Jira field takes."""

import difflib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ff_analytics.domains.content.issue import adf
from ff_analytics.domains.content.plan.profile import Profile
from ff_analytics.domains.content.sheet.dates import (
    jira_date,
    jira_datetime,
    parse_date,
    refuse_date_as_text,
)
from ff_analytics.domains.content.sheet.text import clean, normal, one_line, parse_number
from ff_analytics.engine.base.errors import ConfigError

Meta = Mapping[str, Any]
# What we set ourselves.
OWN = ("project", "issuetype", "labels", "reporter")


def _option(meta: Meta, text: str) -> dict[str, str]:
    allowed = meta.get("allowedValues") or []
    for option in allowed:
        names = [str(option.get(name, "")) for name in ("value", "name", "id")]
        if normal(text) in map(normal, names):
            return {"id": str(option["id"])}
    known = [str(o.get("value") or o.get("name") or o.get("id")) for o in allowed]
    near = difflib.get_close_matches(text, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known[:10])}"
    raise ValueError(f"{text!r} is no option of {meta['name']}{hint}")


def _list(value: Any) -> list[str]:
    return [part.strip() for part in clean(value).replace(";", ",").split(",") if part.strip()]


def label(text: str) -> str:
    """A label has no spaces."""
    return "-".join(text.split())


def _text(meta: Meta, value: Any) -> Any:
    schema = meta["schema"]
    refuse_date_as_text(value)
    long = schema.get("system") in ("description", "environment")
    if long or str(schema.get("custom", "")).endswith(":textarea"):
        return adf.document(clean(value))
    text = one_line(value)
    if len(text) > adf.SUMMARY_LIMIT:
        raise ValueError(f"{len(text)} characters; Jira takes at most {adf.SUMMARY_LIMIT}")
    return text


def _array(meta: Meta, value: Any) -> list[Any]:
    items = meta["schema"].get("items")
    if items == "string":
        refuse_date_as_text(value)
        return [label(part) for part in _list(value)]
    if items == "user":
        return [{"accountId": part} for part in _list(value)]
    if items == "component" and not meta.get("allowedValues"):
        return [{"id": part} for part in _list(value)]
    return [_option(meta, part) for part in _list(value)]


def _cascade(meta: Meta, value: Any) -> dict[str, Any]:
    parent, _, child = one_line(value).partition(">")
    chosen: dict[str, Any] = {"value": parent.strip()}
    known = [str(option.get("value")) for option in meta.get("allowedValues") or []]
    if known and chosen["value"] not in known:
        raise ValueError(f"{chosen['value']!r} is no option of {meta['name']}: {', '.join(known)}")
    return chosen | ({"child": {"value": child.strip()}} if child.strip() else {})


# Types whose cells are parsed according to the profile.
BY_PROFILE = ("date", "datetime", "number")
ENCODERS: dict[str, Callable[[Meta, Any], Any]] = {
    "string": _text,
    "option": lambda meta, value: _option(meta, one_line(value)),
    "priority": lambda meta, value: _option(meta, one_line(value)),
    "array": _array,
    "user": lambda meta, value: {"accountId": one_line(value)},
    "issuelink": lambda meta, value: {"key": one_line(value)},
    "option-with-child": _cascade,
}


def encode(meta: Meta, value: Any, profile: Profile, offset_days: int = 0) -> Any:
    """The value as the field takes it; None when it is empty. Raises ValueError with a reason."""
    if not clean(value):
        return None
    kind = meta["schema"]["type"]
    if kind in ("date", "datetime"):
        day = parse_date(value, day_first=profile.day_first)
        if day is None:
            return None
        day += timedelta(days=offset_days)
        return jira_date(day) if kind == "date" else jira_datetime(day, profile.timezone)
    if kind == "number":
        return parse_number(value, profile.decimal)
    return ENCODERS[kind](meta, value)


def check_fields(profile: Profile, fields: Mapping[str, Meta]) -> None:
    """Every field of the profile is on the create screen, and every required one is filled.

    Raises `ConfigError` naming the first that is not.
    """
    project = profile.jira.project
    for name in profile.fields:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ConfigError(
                f"fields.{name} is not on the create screen of {project}, issue type "
                f"{profile.jira.issue_type}.{hint}"
            )
        kind = fields[name]["schema"]["type"]
        if kind not in ENCODERS and kind not in BY_PROFILE:
            raise ConfigError(f"fields.{name} is of type {kind!r}, which cannot be written.")
    for name, meta in fields.items():
        needed = meta.get("required") and not meta.get("hasDefaultValue")
        if needed and name not in profile.fields and name not in OWN:
            raise ConfigError(
                f"{project} requires the field {name} ({meta['name']}), which the profile does "
                "not fill. Add it to fields."
            )
    if "labels" not in fields:
        raise ConfigError(
            f"{project} has no labels on its create screen; they are how an issue is found again. "
            "Add the field to the screen."
        )
