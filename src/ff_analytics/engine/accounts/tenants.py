"""Tenants: whose marketing is loaded, at which accounts. One file `tenants/<name>.yaml` each."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings


def _customer_id(text: str) -> str:
    digits = text.replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise ValueError(f"{text!r} is no Google Ads customer id: ten digits, as in 123-456-7890")
    return digits


# People write 123-456-7890, the API wants the digits alone.
CustomerId = Annotated[str, AfterValidator(_customer_id)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no timezone; write e.g. Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Strict(BaseModel):
    # An id of digits needs no quotes in YAML.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Account(_Strict):
    """One account at a provider; `credentials` names its block or environment prefix."""

    id: str = Field(min_length=1, description="The provider's id of the account, as text.")
    credentials: Name


class GoogleAdsAccount(Account):
    """A Google Ads customer that has campaigns, not the manager above it."""

    id: CustomerId


class KlaviyoAccount(Account):
    """A Klaviyo account; `conversion_metric` is the id of its Placed Order metric."""

    conversion_metric: str


class Tenant(_Strict):
    """A business whose channels are compared with one another, in one currency."""

    name: Name
    title: str = ""
    timezone: Zone = "UTC"
    currency: Currency = "USD"
    monthly_budget: dict[str, Decimal] = Field(
        default_factory=dict, description="Planned spend a month by channel, in `currency`."
    )
    meta_ads: tuple[Account, ...] = ()
    google_ads: tuple[GoogleAdsAccount, ...] = ()
    shopify: tuple[Account, ...] = ()
    klaviyo: tuple[KlaviyoAccount, ...] = ()


def _read(file: Path) -> Tenant:
    try:
        content = bounded_yaml.load(file.read_text(encoding="utf-8"))
        tenant = Tenant.model_validate(content)
    except yaml.YAMLError as error:
        raise ConfigError(bounded_yaml.explain(error, file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} could not be read: {' '.join(str(error).split())}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{file}: {where}: {first['msg']}.") from None
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
