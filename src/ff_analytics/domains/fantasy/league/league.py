"""League profiles: `leagues/<name>.yaml`, checked on load, light enough for flow imports."""

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ff_analytics.domains.fantasy.cap import CapRules
from ff_analytics.domains.fantasy.league import slots as roster
from ff_analytics.domains.fantasy.league.profile_errors import explain, refuse_duplicates
from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import get_settings

if TYPE_CHECKING:
    from ff_analytics.engine.base.settings import Settings

NAME = re.compile(r"^[a-z0-9_]+$")


def _category(name: str) -> str:
    if name not in CATEGORIES:
        raise ValueError("is not a scoring category")
    return name


def _slot(name: str) -> str:
    if name not in roster.SLOTS:
        raise ValueError("is not a roster slot")
    return name


Category = Annotated[str, AfterValidator(_category)]
Slot = Annotated[str, AfterValidator(_slot)]


class LeagueProfile(BaseModel):
    """A league's rules as far as values depend on them. Points per unit, whole dollars."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str = Field(pattern=NAME.pattern, description="Equal to the file's name.")
    description: str = Field(min_length=1)
    sleeper_league: str | None = Field(
        None,
        pattern=r"^\d{1,24}$",
        description="Id of the league at Sleeper, in quotes; written by ingest/sleeper.",
    )
    timezone: str = Field(description="IANA name; the snapshot date is a date there.")
    teams: int = Field(ge=2, le=64)
    weeks: int = Field(
        ge=1,
        le=18,
        description="Weeks of the NFL season that count, from week 1; later ones are left out.",
    )
    slots: dict[Slot, Annotated[int, Field(ge=0, le=60)]] = Field(
        description="Slots of one team by name."
    )
    scoring: dict[Category, float] = Field(
        min_length=1, description="Points per unit of each scored category."
    )
    budget: int = Field(ge=1, description="Auction dollars of one team.")
    minimum_bid: int = Field(ge=0, description="Lowest price of a player, dollars.")
    cap: CapRules | None = Field(None, description="Salary cap rules, if the league has a cap.")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):
            raise ValueError(
                "not a known timezone; write an IANA name such as America/New_York"
            ) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "LeagueProfile":
        if not self.starting:
            raise ValueError("slots has no starting slot (QB, RB, FLEX ...)")
        if self.budget < self.roster_size * self.minimum_bid:
            raise ValueError(
                f"budget {self.budget} cannot pay {self.roster_size} players "
                f"at minimum_bid {self.minimum_bid}"
            )
        return self

    @property
    def starting(self) -> dict[str, int]:
        """Starting slots of one team."""
        return {s: n for s, n in self.slots.items() if n and s in roster.STARTING}

    @property
    def bench(self) -> dict[str, int]:
        """Bench slots of one team; taxi and injured reserve have no possible starters."""
        return {s: n for s, n in self.slots.items() if n and s in roster.BENCH}

    @property
    def roster_size(self) -> int:
        """Players of one team that an auction fills: starting and bench slots."""
        return sum(self.starting.values()) + sum(self.bench.values())

    @property
    def positions(self) -> tuple[str, ...]:
        """Positions that can start in this league, and so are valued."""
        return tuple(
            p for p in roster.POSITIONS if any(p in roster.eligible(s) for s in self.starting)
        )

    @property
    def market_format(self) -> Literal["1qb", "superflex"]:
        """Which market values fit: superflex when a second quarterback can start."""
        quarterbacks = sum(n for s, n in self.starting.items() if "QB" in roster.eligible(s))
        return "superflex" if quarterbacks > 1 else "1qb"

    def eligible(self, slot: str) -> tuple[str, ...]:
        """Positions that may fill `slot`."""
        return roster.eligible(slot)


def profile_names(settings: "Settings | None" = None) -> list[str]:
    """Names of the profiles in the leagues folder; empty when there is none."""
    folder = (settings or get_settings()).leagues
    return sorted(file.stem for file in folder.glob("*.yaml") if NAME.fullmatch(file.stem))


def _read(name: str, file: Path, settings: "Settings") -> str:
    known = ", ".join(profile_names(settings)) or "none"
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is not a league name: use a-z, 0-9 and _. "
            f"Leagues in {settings.leagues}: {known}."
        )
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"There is no league {name!r} in {file.parent}. Leagues: {known}. "
            f"Copy one to {file.name} to make it."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}. It must be UTF-8 text.") from None


@lru_cache(maxsize=32)
def _parse(text: str, file: Path) -> LeagueProfile:
    try:
        data = bounded_yaml.load(text)
        refuse_duplicates(text, file)
    except yaml.YAMLError as error:
        raise ConfigError(bounded_yaml.explain(error, file)) from None
    try:
        return LeagueProfile.model_validate(data)
    except ValidationError as error:
        raise ConfigError(explain(error, data, text, file, LeagueProfile)) from None


def load_profile(name: str, settings: "Settings | None" = None) -> LeagueProfile:
    """The league called `name`, checked.

    Raises `ConfigError` with file, line, path inside the file, reason and the closest valid
    name; for an unknown league it lists those that exist.
    """
    settings = settings or get_settings()
    file = settings.leagues / f"{name}.yaml"
    # Parsed once per content: a run asks several times, and YAML costs 10 ms.
    profile = _parse(_read(name, file, settings), file)
    if profile.name != name:
        raise ConfigError(f"{file}: name is {profile.name!r}; it must be {name!r}, as the file.")
    return profile
