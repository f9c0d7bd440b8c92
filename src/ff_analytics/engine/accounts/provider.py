"""Definition of a provider of accounts; providers are found in `<provider>/credentials.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.dataset import resolve
from ff_analytics.engine.http.credentials import Credentials

if TYPE_CHECKING:
    from ff_analytics.engine.base.settings import Settings
    from ff_analytics.engine.http.traffic import Traffic

PATTERN = "*/**/credentials.py"
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Strict(BaseModel):
    """Base of the entries in tenants' files; an id of digits needs no quotes in YAML."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Account(Strict):
    """One account at a provider; `credentials` names its block or environment prefix."""

    id: str = Field(min_length=1, description="The provider's id of the account, as text.")
    credentials: Name


A = TypeVar("A", bound=Account)
C = TypeVar("C", bound=Credentials)


@dataclass(frozen=True)
class Provider(Generic[A, C]):
    """A provider's declaration; tenants' files, blocks, doctor and connection tests read it.

    `client_path` and `whoami_path` are `package.module:function`, imported on first use.
    `account` is the model of an account in a tenant's file, where the provider's name with
    underscores is the key; None for a provider without tenants.
    """

    name: str
    credentials: type[C]
    client_path: str
    whoami_path: str
    account: type[A] | None = None

    @property
    def field(self) -> str:
        """Key of the provider's accounts in a tenant's file."""
        return self.name.replace("-", "_")

    @property
    def client(self) -> "Callable[[C, Settings, Traffic], Any]":
        """Function(credentials, settings, traffic) -> a client that is ready to be used."""
        return cast("Callable[[C, Settings, Traffic], Any]", resolve(self.client_path))

    @property
    def whoami(self) -> "Callable[[C, Settings, Traffic], str]":
        """Function(credentials, settings, traffic) -> name of the account."""
        return cast("Callable[[C, Settings, Traffic], str]", resolve(self.whoami_path))


@cache
def providers() -> tuple[Provider[Any, Any], ...]:
    """All providers, by name. Raises `ConfigError` for a declaration that cannot be read."""
    found = discovery.modules(PATTERN)
    return tuple(discovery.declared(found[name], name, "PROVIDER", Provider) for name in found)


def of_kind(kind: str) -> Provider[Any, Any]:
    """The provider whose credentials have this `kind`, the slug of their block type."""
    return next(provider for provider in providers() if provider.credentials.kind == kind)
