"""Credentials of provider accounts: from a block where one is stored, else from the environment.

A name such as `acme-meta` is the block's name and, as `ACME_META_`, the prefix of environment
variables: `ACME_META_ACCESS_TOKEN`.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, ValidationError

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import explain
from ff_analytics.engine.base.settings import PROJECT_ROOT

# (block type, name) -> stored values, None when there is no such block. Provided by the caller of
# the ingest; without a server there are no blocks, and only the environment counts.
Stored = Callable[[str, str], Mapping[str, Any] | None]


class Credentials(BaseModel):
    """Base of every provider's credentials; `kind` is the slug of its block type."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: ClassVar[str]
    base_url: str

    def of_account(self, account: str) -> Self:
        """These credentials for the account with this id of a tenant's file."""
        return self


C = TypeVar("C", bound=Credentials)


def _environment() -> dict[str, str]:
    file = {name: value for name, value in dotenv_values(PROJECT_ROOT / ".env").items() if value}
    return {**file, **os.environ}


def variables(model: type[Credentials], name: str) -> dict[str, str]:
    """Environment variable of each field."""
    prefix = name.upper().replace("-", "_")
    return {field: f"{prefix}_{field.upper()}" for field in model.model_fields}


def resolve(model: type[C], name: str, stored: Stored | None = None) -> C | None:
    """The credentials called `name`, or None when nothing at all is configured.

    Raises `ConfigError` naming what is missing when they are incomplete, without any value.
    """
    found = stored(model.kind, name) if stored else None
    if found is None:
        environment = _environment()
        names = variables(model, name)
        found = {field: environment[var] for field, var in names.items() if environment.get(var)}
    if not found:
        return None
    try:
        return model.model_validate(found)
    except ValidationError as error:
        names = {field: f"{field} ({var})" for field, var in variables(model, name).items()}
        wrong = explain(
            error,
            found,
            f"Credentials {name!r}",
            model=model,
            name=lambda field: names.get(field, field),
            values=False,
        )
        raise ConfigError(
            f"{wrong} Set them in the block {model.kind}/{name} or in the environment."
        ) from None
