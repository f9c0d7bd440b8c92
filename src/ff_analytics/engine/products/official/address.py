"""Which parameters are official, and where the output of any parameters goes.

Official: the parameters of the product's own deployment, for any league or tenant. Everything
else is a scenario with an address of its own, so that no parameter can replace an official file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from ff_analytics.engine.products.product import Product, ProductParams

# They choose no rows, but the day that the rows stand for, the past, and a confirmation.
OF_EVERY_RUN = frozenset({"as_of", "snapshot_date", "accept_shrunk"})
_LONGEST = 60
# Folders beside those of leagues and tenants; no league or tenant has such a folder.
SCENARIOS, AS_OF, ALL_DAYS = "scenarios", "as_of", "days"


@dataclass(frozen=True)
class Address:
    """Where one output lies: `folder` below the product's, a file of `as_of/` for the past."""

    product: str
    output: str
    folder: str = ""
    past: str = ""

    @property
    def file(self) -> str:
        """Path of the Parquet file below `data/analytics`."""
        name = f"{AS_OF}/{self.past}.parquet" if self.past else "latest.parquet"
        return "/".join(part for part in (self.output, self.folder, name) if part)

    @property
    def report(self) -> str:
        """Path of the HTML report below `data/reports`."""
        name = f"{AS_OF}/{self.past}" if self.past else ""
        return "/".join(part for part in (self.product, self.folder, name) if part) + ".html"

    def report_of(self, day: date) -> str:
        """Path of the same report that stays when the next day is published."""
        return f"{self.product}/{self.folder or ALL_DAYS}/{day}.html"


def differences(
    product: Product, params: ProductParams, own: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Parameter -> its value and the official one, where they differ; {} for official parameters.

    `own` are the deployment's parameters. League or tenant, day and confirmation do not count.
    """
    open_ones = OF_EVERY_RUN | {*product.scope.parameters, *product.gate_parameters}
    counted = [name for name in product.params.model_fields if name not in open_ones]
    try:
        official = product.params.model_validate(
            {name: value for name, value in own.items() if name not in open_ones}
        )
    except ValidationError:
        # The deployment's own parameters are wrong: nothing is official until they are right.
        return {name: (getattr(params, name), "?") for name in counted}
    both = {name: (getattr(params, name), getattr(official, name)) for name in counted}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def is_main(product: Product, params: ProductParams, own: Mapping[str, Any]) -> bool:
    """True for the league or tenant (or all tenants) of the deployment itself."""
    try:
        official = product.params.model_validate(dict(own))
    except ValidationError:
        return False
    return product.scope.values(params) == product.scope.values(official)


def folder_of(values: list[str] | None) -> str:
    """Folder of one league or tenant; of several `a+b`, of all none."""
    return "+".join(_safe(value) for value in values or ())


def _safe(value: str) -> str:
    """One path segment that no other value has."""
    name = quote(value, safe="")
    if name.startswith(".") or name in (SCENARIOS, AS_OF, ALL_DAYS):
        return f"%{ord(name[0]):02X}{name[1:]}"
    return name


def scenario_id(
    product: Product, params: ProductParams, differs: Mapping[str, tuple[Any, Any]]
) -> str:
    """Stable name of a parameter set: what it is about, what differs, and a hash of it all."""
    known = params.model_dump(mode="json", exclude={*OF_EVERY_RUN, *product.gate_parameters})
    digest = sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:8]
    named = [f"{name}-{known[name]}" for name in differs]
    words = [folder_of(product.scope.values(params)), *named]
    readable = re.sub(r"[^A-Za-z0-9_+.]+", "-", "-".join(word for word in words if word))
    return f"{readable[:_LONGEST].strip('-.')}-{digest}"


def describe(differs: Mapping[str, tuple[Any, Any]]) -> str:
    """The differences in words: `season 2021 (official: none)`."""
    return ", ".join(
        f"{name} {_word(value)} (official: {_word(official)})"
        for name, (value, official) in differs.items()
    )


def _word(value: Any) -> str:
    if value is None or value == []:
        return "none"
    return str(getattr(value, "value", value))
