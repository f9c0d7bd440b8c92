"""A content profile: where the plans are, how names map to Jira, which fields are written."""

import difflib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ff_analytics.domains.content.sheet.dates import month_name
from ff_analytics.domains.content.sheet.sheet import HEADERS
from ff_analytics.domains.content.sheet.text import normal
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.settings import Settings


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lookup(Strict):
    """Names to Jira's own ids. `unknown` defines the handling of unlisted names."""

    unknown: Literal["error", "warn", "default"] = "error"
    default: str | None = None
    entries: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> "Lookup":
        if self.unknown == "default" and not self.default:
            raise ValueError("unknown: default needs a default")
        seen: dict[str, str] = {}
        for name in self.entries:
            if normal(name) in seen:
                raise ValueError(f"{name!r} and {seen[normal(name)]!r} are the same name")
            seen[normal(name)] = name
        return self

    @cached_property
    def _normal(self) -> dict[str, str]:
        return {normal(name): value for name, value in self.entries.items()}

    def get(self, name: str) -> str | None:
        """The id behind a name, whatever its case and spaces; None for an unknown one."""
        return self._normal.get(normal(name))

    def closest(self, name: str) -> str | None:
        """The listed name that looks most like it."""
        found = difflib.get_close_matches(normal(name), self._normal, n=1, cutoff=0.6)
        return next((n for n in self.entries if found and normal(n) == found[0]), None)


class FieldRule(Strict):
    """Where one Jira field comes from: a plan column, through a lookup, or a fixed value."""

    column: str | None = None
    value: str | int | float | None = None
    lookup: Literal["people", "components"] | None = None
    offset_days: int = 0
    required: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> "FieldRule":
        if (self.column is None) == (self.value is None):
            raise ValueError("give either a column or a value")
        return self


class Source(Strict):
    """One spreadsheet, one file, or a sheet of clients with one plan per month in their folders."""

    spreadsheet: str | None = None
    file: str | None = Field(
        None, description="CSV or Excel file below FF_FILE_SOURCES, relative to the project."
    )
    client: str | None = Field(None, description="Client of the one spreadsheet or file.")
    clients_spreadsheet: str | None = None
    clients_sheet: str = "Clients"
    plan_name: str = "Content Plan - {client} - {month}"
    plan_sheet: str = "Sheet1"

    @model_validator(mode="after")
    def _one(self) -> "Source":
        if sum(map(bool, (self.spreadsheet, self.file, self.clients_spreadsheet))) != 1:
            raise ValueError("give one of spreadsheet, file and clients_spreadsheet")
        return self

    def name_of(self, client: str, month: date) -> str:
        """File name of a client's plan; the month is written in Indonesian, e.g. Mei 2027."""
        return self.plan_name.format(client=client, month=f"{month_name(month)} {month.year}")


class Jira(Strict):
    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$")
    issue_type: str = Field(description="Id of the issue type, e.g. '10009'.")
    search_lag_seconds: float = Field(
        120.0, ge=0, description="How long after its creation a search may not find an issue."
    )
    pause_seconds: tuple[float, float] = Field((5.0, 10.0), description="Between two batches.")


class Profile(Strict):
    """One YAML file below FF_CONTENT_DIR."""

    timezone: str = "Asia/Jakarta"
    day_first: bool | None = Field(
        None,
        description="true: 01/02/2027 is the first of February. Unset: such dates are refused.",
    )
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal separator of numbers in text cells. Unset: 1.250 is refused."
    )
    source: Source
    jira: Jira
    columns: dict[str, list[str]] = Field(
        default_factory=dict, description="Own columns, and further headers of the known ones."
    )
    people: Lookup = Lookup()
    components: Lookup = Lookup()
    editors: dict[str, str] = Field(default_factory=dict, description="Client -> person.")
    associates: dict[str, str] = Field(default_factory=dict, description="Client -> person.")
    fields: dict[str, FieldRule]

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no timezone, e.g. Asia/Jakarta") from None
        return value

    @model_validator(mode="after")
    def _summary(self) -> "Profile":
        if "summary" not in self.fields:
            raise ValueError("fields needs a summary")
        known = [*HEADERS, *self.columns]
        for name, rule in self.fields.items():
            if rule.column is not None and rule.column not in known:
                near = difflib.get_close_matches(rule.column, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise ValueError(f"fields.{name}: no column {rule.column!r}; {hint}")
        return self

    @property
    def read_columns(self) -> list[str]:
        """Plan columns that become a field, or that name the row."""
        used = [rule.column for rule in self.fields.values() if rule.column]
        return list(dict.fromkeys(["id", "client", "topic", "publish_date", *used]))

    def lookup(self, name: str) -> Lookup:
        """The mapping called `people` or `components`."""
        return self.people if name == "people" else self.components


def names(settings: Settings) -> list[str]:
    """Profiles that there are."""
    return sorted(file.stem for file in settings.content.glob("*.yaml"))


def read_profile(file: Path) -> Profile:
    """Raises `ConfigError` with file, place and what is wrong."""
    try:
        raw: Any = bounded_yaml.load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(bounded_yaml.explain(error, file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}. It must be UTF-8 text.") from None
    return checked(Profile, raw, str(file))


def load_profile(name: str, settings: Settings) -> Profile:
    """The profile called `name`."""
    if name not in names(settings):
        raise ConfigError(
            f"No content profile {name!r} in {settings.content}. "
            f"There are: {', '.join(names(settings)) or 'none'}."
        )
    return read_profile(settings.content / f"{name}.yaml")
