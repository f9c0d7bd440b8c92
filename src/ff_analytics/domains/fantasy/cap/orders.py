"""What a person asks a scenario for: players by id or name, checked as parameters."""

import difflib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ff_analytics.domains.fantasy.cap.book import Book
from ff_analytics.engine.base.errors import ConfigError


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExtensionOrder(_Order):
    """One extension: `salaries` year by year, or `years` and `total` split evenly."""

    player: str = Field(description="Player id, or name as in the league.")
    years: int = Field(3, ge=1, le=10, description="New years behind the contract.")
    total: int | None = Field(
        None, ge=1, description="Dollars over all new years. Empty = his last salary each year."
    )
    salaries: list[int] | None = Field(
        None, min_length=1, description="Dollars of each new year; years and total are not read."
    )


class TradeOrder(_Order):
    """One direction of a trade; a trade both ways is two of these."""

    giver: str = Field(description="Franchise that gives.")
    taker: str = Field(description="Franchise that receives.")
    players: list[str] = Field(
        default_factory=list, description="Player ids or names whose contracts go over."
    )
    cap: dict[int, int] = Field(
        default_factory=dict, description="Cap dollars by season that go over with them."
    )

    @model_validator(mode="after")
    def _something(self) -> "TradeOrder":
        if not self.players and not self.cap:
            raise ValueError("a trade needs players or cap dollars")
        return self


def resolve(text: str, book: Book, names: Mapping[str, str]) -> str:
    """Id of the player under contract whom `text` means: his id, or his name in any case.

    Raises `ConfigError` with the closest names when no player or more than one fits.
    """
    if text in book.contracts:
        return text
    held = {player: names.get(player, player) for player in book.contracts}
    wanted = text.strip().casefold()
    found = sorted(player for player, name in held.items() if name.casefold() == wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"{text!r} fits {len(found)} players; give an id: {', '.join(found)}.")
    close = difflib.get_close_matches(text, sorted(set(held.values())), n=3)
    hint = f"Did you mean {' or '.join(close)}?" if close else "Give a player id or full name."
    raise ConfigError(f"No player under contract is called {text!r}. {hint}")
