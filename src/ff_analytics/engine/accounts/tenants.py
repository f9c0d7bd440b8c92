"""Tenants: whose marketing is loaded, at which accounts. One file `tenants/<name>.yaml` each."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, Field, create_model

from ff_analytics.engine.accounts.provider import A, C, Name, Provider, Strict, providers
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.settings import Settings


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no timezone; write e.g. Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Tenant(Strict):
    """A business whose channels are compared with one another, in one currency."""

    name: Name
    title: str = ""
    timezone: Zone = "UTC"
    currency: Currency = "USD"
    monthly_budget: dict[str, Decimal] = Field(
        default_factory=dict, description="Planned spend a month by channel, in `currency`."
    )

    def accounts(self, provider: Provider[A, C]) -> tuple[A, ...]:
        """The tenant's accounts at this provider."""
        return cast("tuple[A, ...]", getattr(self, provider.field, ()))


@cache
def _model() -> type[Tenant]:
    """`Tenant` with a key for each provider that has accounts."""
    fields: dict[str, Any] = {
        provider.field: (tuple[provider.account, ...], ())  # type: ignore[name-defined]
        for provider in providers()
        if provider.account
    }
    return create_model("Tenant", __base__=Tenant, **fields)


def _read(file: Path) -> Tenant:
    try:
        content = bounded_yaml.load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(bounded_yaml.explain(error, file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} could not be read: {' '.join(str(error).split())}.") from None
    tenant = checked(_model(), content, str(file))
    if tenant.name != file.stem:
        raise ConfigError(f"{file}: name is {tenant.name!r}; it must be the file's, {file.stem!r}.")
    return tenant


def load_all(settings: Settings) -> list[Tenant]:
    """Every tenant, by name; no folder is no tenants."""
    return [_read(file) for file in sorted(settings.tenants.glob("*.yaml"))]


def load(name: str, settings: Settings) -> Tenant:
    """The tenant called `name`; `ConfigError` lists those that exist."""
    files = {file.stem: file for file in settings.tenants.glob("*.yaml")}
    if name not in files:
        known = ", ".join(sorted(files)) or "none yet"
        raise ConfigError(f"There is no tenant {name!r} in {settings.tenants}. Tenants: {known}.")
    return _read(files[name])
