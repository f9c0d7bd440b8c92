"""How one file writes numbers and dates: as it is set, else as its own cells prove."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ff_analytics.engine.base.cells.dates import date_in_digits, order_of
from ff_analytics.engine.base.cells.numbers import (
    AmbiguousError,
    plain_number,
    separator_of,
)

_GROUPS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+")
DECIMAL = "Decimal separator of the file, '.' or ','. Empty = as its numbers show."
DAY_FIRST = "Whether 3/4/2026 is 3 April. Empty = as the other dates of the file show."


def _bare(text: str) -> str:
    return re.sub(r"[$\s]", "", text).replace("\N{MINUS SIGN}", "-")


@dataclass(frozen=True)
class Style:
    """Decimal separator and order of dates. `comma_groups`: `1,200` alone is read as 1200, as in
    every file whose columns are separated by commas."""

    decimal: str | None = None
    day_first: bool | None = None
    comma_groups: bool = True

    def learn(self, numbers: Iterable[str] = (), dates: Iterable[str] = ()) -> "Style":
        """With what the cells prove, where nothing is set."""
        texts = [(text, _bare(text)) for text in numbers]
        # $1,200 is written by who groups with commas.
        points = ["0.1" for text, bare in texts if "$" in text and _GROUPS.fullmatch(bare)]
        return replace(
            self,
            decimal=self.decimal or separator_of([*(bare for _, bare in texts), *points]),
            day_first=order_of(dates) if self.day_first is None else self.day_first,
        )

    def number(self, text: str) -> str:
        """The digits with a point as decimal separator.

        Raises `AmbiguousError` with both readings and the setting that decides, `ValueError` for
        a text that is no number.
        """
        bare, decimal = _bare(text), self.decimal
        if decimal is None and _GROUPS.fullmatch(bare) and (self.comma_groups or "$" in text):
            decimal = "."
        try:
            return plain_number(bare, decimal)
        except AmbiguousError as error:
            raise AmbiguousError(f"{text!r} can be {error}: set decimal to '.' or ','") from None
        except ValueError:
            raise ValueError(f"{text!r} is no number") from None

    def day(self, text: str) -> date | None:
        """The date, a time after it ignored; None for a text that is no date.

        Raises `AmbiguousError` with both readings and the setting that decides.
        """
        bare = re.sub(r"[T ].*$", "", text.strip())
        try:
            return date_in_digits(bare, self.day_first)
        except AmbiguousError as error:
            raise AmbiguousError(
                f"{text!r} can be {error}: set day_first to true or false"
            ) from None
        except ValueError:
            return None
