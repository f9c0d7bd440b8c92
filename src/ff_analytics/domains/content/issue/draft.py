"""Plan rows as Jira issues: pure, the same rows give the same issues."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ff_analytics.domains.content.issue.fields import Meta, encode, label
from ff_analytics.domains.content.jira.jira import PROPERTY
from ff_analytics.domains.content.plan.profile import FieldRule, Profile
from ff_analytics.domains.content.sheet.dates import parse_date
from ff_analytics.domains.content.sheet.sheet import PlanRow
from ff_analytics.domains.content.sheet.text import normal, one_line
from ff_analytics.engine.base.cells.numbers import AmbiguousError


@dataclass(frozen=True)
class Draft:
    """One row as an issue; with `problems` it is not sent."""

    row: PlanRow
    external_id: str
    fields: Mapping[str, Any]
    hash: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How the issue is found again."""
        return f"cp-{self.external_id}"

    @property
    def summary(self) -> str:
        return str(self.fields.get("summary") or self.row.text("topic"))

    def payload(self, run_id: str) -> dict[str, Any]:
        """Body of one element of a bulk create."""
        return {"fields": dict(self.fields), "properties": [self.source(run_id)]}

    def source(self, run_id: str) -> dict[str, Any]:
        """Our property of the issue: where it comes from."""
        value = {
            "spreadsheet": self.row.spreadsheet,
            "sheet": self.row.sheet,
            "row": self.row.number,
            "hash": self.hash,
            "run_id": run_id,
        }
        return {"key": PROPERTY, "value": value}


def row_key(row: PlanRow, profile: Profile) -> str:
    """The identity of an edited or moved row: its ID, else client, title and day."""
    if identity := row.text("id"):
        return normal(identity)
    try:
        day = parse_date(row.cells.get("publish_date"), day_first=profile.day_first)
    except ValueError:
        day = None
    client = row.text("client") or row.client
    return "|".join([normal(client), normal(one_line(row.cells.get("topic"))), str(day or "")])


def external_id(row: PlanRow, profile: Profile) -> str:
    """Sixteen hex digits that name the row for ever."""
    # A file may be renamed, and next month's has another name.
    place = ["file", ""] if row.from_file else [row.spreadsheet, row.sheet]
    parts = [*place, row_key(row, profile), profile.jira.issue_type]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _unclear_key(row: PlanRow, profile: Profile) -> list[str]:
    """Why the key of a row without ID is not certain: its day has two readings."""
    try:
        if not row.text("id"):
            parse_date(row.cells.get("publish_date"), day_first=profile.day_first)
    except AmbiguousError as error:
        return [f"publish_date: {error}"]
    except ValueError:
        pass
    return []


@dataclass
class _Notes:
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _cell(row: PlanRow, column: str, profile: Profile) -> Any:
    if column == "client":
        return row.text("client") or row.client
    value = row.cells.get(column)
    if not row.text(column) and column in ("associate", "editor"):
        by_client = profile.associates if column == "associate" else profile.editors
        client = normal(row.text("client") or row.client)
        return next((v for k, v in by_client.items() if normal(k) == client), value)
    return value


def _looked_up(name: str, kind: str, profile: Profile, where: str, notes: _Notes) -> str | None:
    lookup = profile.lookup(kind)
    found = lookup.get(name)
    if found is not None:
        return found
    near = lookup.closest(name)
    said = f"{where}: {name!r} is not in {kind}" + (f"; did you mean {near!r}?" if near else "")
    if lookup.unknown == "error":
        notes.problems.append(said)
        return None
    notes.warnings.append(said)
    return lookup.default


def _value(name: str, rule: FieldRule, row: PlanRow, profile: Profile, notes: _Notes) -> Any:
    if rule.column is None:
        return rule.value
    value = _cell(row, rule.column, profile)
    text = one_line(value)
    if rule.lookup and text:
        return _looked_up(text, rule.lookup, profile, rule.column, notes)
    return value


def draft(row: PlanRow, profile: Profile, meta: Mapping[str, Meta]) -> Draft:
    """The issue of one row, with everything that is wrong with it."""
    notes = _Notes()
    errors = row.errors(profile.read_columns)
    notes.problems += [*errors.values(), *_unclear_key(row, profile)]
    identity = external_id(row, profile)
    fields: dict[str, Any] = {
        "project": {"key": profile.jira.project},
        "issuetype": {"id": profile.jira.issue_type},
    }
    for name, rule in profile.fields.items():
        where = rule.column or name
        if where in errors:
            continue
        before = len(notes.problems)
        try:
            value = _value(name, rule, row, profile, notes)
            encoded = encode(meta[name], value, profile, rule.offset_days)
        except ValueError as error:
            said = f"{where}: {error}"
            notes.problems += [said] if said not in notes.problems else []
            continue
        if encoded is not None:
            fields[name] = encoded
        needed = rule.required or name == "summary" or bool(meta[name].get("required"))
        if encoded is None and needed and len(notes.problems) == before:
            notes.problems.append(f"{where}: is empty, and {meta[name]['name']} is required")
    # Labels are set once: people add their own in Jira, which an update must not take off.
    own = fields.pop("labels", [])
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
    fields["labels"] = [f"cp-{identity}", *map(label, own)]
    return Draft(row, identity, fields, digest, tuple(notes.problems), tuple(notes.warnings))


def drafts(rows: Sequence[PlanRow], profile: Profile, meta: Mapping[str, Meta]) -> list[Draft]:
    """One draft per row; a row with the key of an earlier one is a problem."""
    made: list[Draft] = []
    first: dict[str, PlanRow] = {}
    for row in rows:
        one = draft(row, profile, meta)
        if row.errors(("id",)):
            made.append(one)
            continue
        if one.external_id in first:
            other = first[one.external_id]
            said = f"has the same key as row {other.number}: give each row its own id"
            one = Draft(row, one.external_id, one.fields, one.hash, (*one.problems, said))
        first.setdefault(one.external_id, row)
        made.append(one)
    return made
