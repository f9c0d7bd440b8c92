"""What a provider of accounts is; providers are found in `<provider>/credentials.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.dataset import resolve

if TYPE_CHECKING:
    from ff_analytics.engine.base.settings import Settings
    from ff_analytics.engine.http.credentials import Credentials
    from ff_analytics.engine.http.traffic import Traffic

PATTERN = "*/**/credentials.py"


@dataclass(frozen=True)
class Provider:
    """A provider's declaration; blocks, doctor and connection tests read it.

    `whoami_path` is `package.module:function`, imported on first use. `tenant_field` names the
    field of a tenant's file that lists the provider's accounts; empty for one without tenants.
    """

    name: str
    credentials: "type[Credentials]"
    whoami_path: str
    tenant_field: str = ""

    @property
    def whoami(self) -> "Callable[[Any, Settings, Traffic], str]":
        """Function(credentials, settings, traffic) -> name of the account."""
        return cast("Callable[[Any, Settings, Traffic], str]", resolve(self.whoami_path))


@cache
def providers() -> tuple[Provider, ...]:
    """All providers, by name. Raises `ConfigError` for a declaration that cannot be read."""
    found = discovery.modules(PATTERN)
    return tuple(discovery.declared(found[name], name, "PROVIDER", Provider) for name in found)


def of_kind(kind: str) -> Provider:
    """The provider whose credentials have this `kind`, the slug of their block type."""
    return next(provider for provider in providers() if provider.credentials.kind == kind)
