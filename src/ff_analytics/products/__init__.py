"""Analytics products, one module each, discovered from this folder."""

import pkgutil
from functools import cache
from importlib import import_module

from ff_analytics.errors import ConfigError
from ff_analytics.product import Product


def names() -> list[str]:
    """Kebab-case names of all products."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


@cache
def load(name: str) -> Product:
    """The product called `name`; `ConfigError` lists those that exist."""
    if name not in names():
        raise ConfigError(
            f"There is no product {name!r}. Products: {', '.join(names())}. "
            "scripts/new-product makes a new one."
        )
    product: Product = import_module(f"{__name__}.{name.replace('-', '_')}").PRODUCT
    return product


def of_mart(mart: str) -> Product | None:
    """The product that publishes `analytics.<model>`; None if none does."""
    model = mart.rpartition(".")[2]
    for name in names():
        product = load(name)
        if model in (word.strip("+") for word in product.dbt_models.split()):
            return product
    return None
