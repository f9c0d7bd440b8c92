"""Credentials of provider accounts: from a block where one is stored, else from the environment.

A name such as `acme-meta` is the block's name and, as `ACME_META_`, the prefix of environment
variables: `ACME_META_ACCESS_TOKEN`.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, ValidationError

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT

# (block type, name) -> stored values, None when there is no such block. Given by whoever runs
# the ingest; without a server there is none and the environment alone counts.
Stored = Callable[[str, str], Mapping[str, Any] | None]


class Credentials(BaseModel):
    """Base of every provider's credentials; `kind` is the slug of its block type."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: ClassVar[str]
    base_url: str

    def of_account(self, account: str) -> Self:
        """These credentials for the account with this id of a tenant's file."""
        return self


class MetaAdsCredentials(Credentials):
    """A system user's access token of the Meta Marketing API."""

    kind = "meta-ads-credentials"
    access_token: SecretStr
    base_url: str = "https://graph.facebook.com/v26.0"


def _customer_id(text: str) -> str:
    digits = text.replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise ValueError(f"{text!r} is no Google Ads customer id: ten digits, as in 123-456-7890")
    return digits


# People write 123-456-7890, the API wants the digits alone.
CustomerId = Annotated[str, AfterValidator(_customer_id)]


class GoogleAdsCredentials(Credentials):
    """OAuth client, refresh token and developer token of the Google Ads API."""

    kind = "google-ads-credentials"
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    developer_token: SecretStr
    login_customer_id: CustomerId | None = None
    base_url: str = "https://googleads.googleapis.com/v26"
    token_url: str = "https://oauth2.googleapis.com/token"


class ShopifyCredentials(Credentials):
    """Admin API access: a lasting token, or a client id and secret that mint 24 h tokens.

    `shop` is the shop's own domain (`acme.myshopify.com`); empty, it is the account's. An empty
    `base_url` is `https://<shop>/admin/api/<api_version>`.
    """

    kind = "shopify-credentials"
    shop: str = ""
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_version: str = "2026-10"
    base_url: str = ""

    def of_account(self, account: str) -> Self:
        """The account's id is the shop's domain."""
        return self if self.shop else self.model_copy(update={"shop": account})


class KlaviyoCredentials(Credentials):
    """A private API key."""

    kind = "klaviyo-credentials"
    api_key: SecretStr
    revision: str = "2026-07-15"
    base_url: str = "https://a.klaviyo.com"


class JiraCredentials(Credentials):
    """A person's e-mail address and API token of one Jira Cloud site."""

    kind = "jira-credentials"
    url: str
    username: str
    token: SecretStr
    base_url: str = ""


class GoogleWorkspaceCredentials(Credentials):
    """Sheets and Drive: a token file, or OAuth client and refresh token."""

    kind = "google-workspace-credentials"
    token_file: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    base_url: str = "https://sheets.googleapis.com"
    drive_url: str = "https://www.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"


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
        fields = [str(problem["loc"][0]) for problem in error.errors() if problem["loc"]]
        wanted = ", ".join(f"{field} ({variables(model, name)[field]})" for field in fields)
        raise ConfigError(
            f"Credentials {name!r} are not complete or not valid: {wanted}. Set them in the block "
            f"{model.kind}/{name} or in the environment."
        ) from None
