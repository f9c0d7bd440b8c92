"""The parameters that a deployment declares in `prefect.yaml`, for runs without a server."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ff_analytics.engine.base.bounds.bounded_yaml import explain
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.product import Product


@lru_cache(maxsize=4)
def _deployments(file: Path, changed_ns: int) -> list[Any]:
    try:
        # The repo's own file, with more aliases than files of users may have.
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text: {error}") from None
    except yaml.YAMLError as error:
        raise ConfigError(explain(error, file)) from None
    found = content.get("deployments") if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def declared_parameters(product: Product, settings: Settings) -> Mapping[str, Any]:
    """Parameters of the product's own deployment (`product.deployment`).

    {} without the file or the entry: then the product's defaults are the official ones. Raises
    `ConfigError` when the file is no YAML.
    """
    file = settings.home / "prefect.yaml"
    if not file.is_file():
        return {}
    flow, _, name = product.deployment.partition("/")
    entrypoint = f"flows.{flow}.{name if product.deployed_as else product.module_name}"
    for entry in _deployments(file, file.stat().st_mtime_ns):
        if not isinstance(entry, dict) or entry.get("name") != name:
            continue
        if str(entry.get("entrypoint", "")).replace("-", "_") == entrypoint.replace("-", "_"):
            return entry.get("parameters") or {}
    return {}
