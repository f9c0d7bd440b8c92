"""Credential blocks, one type for each provider that is found by its folder.

`MetaAdsCredentialsBlock` has the fields of `MetaAdsCredentials`; register all types with
`prefect block register --file blocks/providers.py`.
"""

from inspect import cleandoc
from types import new_class
from typing import Any, cast

from prefect.blocks.core import Block
from pydantic import Field
from pydantic.fields import FieldInfo

from ff_analytics.engine.accounts.connection import test_connection
from ff_analytics.engine.accounts.provider import Provider, of_kind, providers
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.http.traffic import Traffic


class Connection:
    """Methods of every credential block. No block itself: Prefect would register it as a type."""

    def values(self) -> dict[str, Any]:
        """Field values; empty ones are left to the provider's defaults."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}  # type: ignore[attr-defined]
        return {name: value for name, value in fields.items() if value not in (None, "")}

    def _provider(self) -> Provider[Any, Any]:
        return of_kind(str(self._block_type_slug))  # type: ignore[attr-defined]

    def get_client(self) -> Any:
        """The provider's client with these credentials, ready to be used.

        Raises `pydantic.ValidationError` for values that cannot be credentials of the provider.
        """
        provider = self._provider()
        credentials = provider.credentials.model_validate(self.values())
        return provider.client(credentials, get_settings(), Traffic())

    def test_connection(self) -> dict[str, Any]:
        """Ask the provider who these credentials are: `{ok, account, latency_ms, error}`."""
        return test_connection(self._provider().credentials.model_validate(self.values()))


def _field(known: FieldInfo) -> Any:
    """The field as a form shows it: empty where the provider has a default of its own."""
    if known.is_required():
        return Field(description=known.description)
    hint = f"Empty = {known.default}." if known.default else known.description
    return Field("" if isinstance(known.default, str) else None, description=hint)


def _block(provider: Provider[Any, Any]) -> type[Block]:
    model = provider.credentials
    # The base class's own field, the address, comes last in the form.
    names = sorted(model.model_fields, key=lambda name: name == "base_url")
    fields = {name: model.model_fields[name] for name in names}
    title = model.kind.removesuffix("-credentials").replace("-", " ").title()
    members: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": cleandoc(model.__doc__ or ""),
        "__annotations__": {name: known.rebuild_annotation() for name, known in fields.items()},
        "_block_type_name": f"{title} credentials",
        "_block_type_slug": model.kind,
        **{name: _field(known) for name, known in fields.items()},
    }
    name = f"{model.__name__}Block"
    made = new_class(name, (Connection, Block), exec_body=lambda space: space.update(members))
    return cast("type[Block]", made)


TYPES = tuple(_block(provider) for provider in providers())
globals().update({one.__name__: one for one in TYPES})


def __getattr__(name: str) -> Any:
    """For type checkers: the names of the types are known at run time only."""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
