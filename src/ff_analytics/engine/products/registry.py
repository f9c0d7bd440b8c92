"""Analytics products, found in `domains/<domain>/products/<product>/product.py`."""

from collections.abc import Collection
from functools import cache

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import refuse_names
from ff_analytics.engine.products.product import Product

PATTERN = "*/products/*/product.py"


def names() -> list[str]:
    """Kebab-case names of all products."""
    return list(discovery.modules(PATTERN))


def domain_of(name: str) -> str:
    """The domain of the one called `name`."""
    return discovery.domain_of(discovery.modules(PATTERN)[name])


@cache
def load(name: str) -> Product:
    """The product called `name`.

    Raises `ConfigError` for an unknown name, listing those that exist, and for a module that
    cannot be imported, naming file and line.
    """
    if name not in names():
        raise ConfigError(
            f"There is no product {name!r}. Products: {', '.join(names())}. "
            "ff new product makes a new one."
        )
    product = discovery.declared(discovery.modules(PATTERN)[name], name, "PRODUCT", Product)
    refuse_names(product.params.model_fields, f"analytics/{name}")
    return product


def loadable() -> list[Product]:
    """All products but those whose module is broken; `broken` says why."""
    return discovery.loadable(names(), load)


def broken() -> dict[str, str]:
    """Reason by product of those that cannot be loaded."""
    return discovery.broken(names(), load)


def of_mart(mart: str) -> Product | None:
    """The product that publishes `analytics.<model>`; None if none does."""
    model = mart.rpartition(".")[2]
    for product in loadable():
        if model in (word.strip("+") for word in product.dbt_models.split()):
            return product
    return None


def histories_of(tables: Collection[str]) -> list[str]:
    """Analytics marts of the products that read these tables, also through another product."""
    reached, found = set(tables), set[str]()
    while True:
        fed = {
            f"analytics.{model.strip('+')}"
            for product in loadable()
            if reached & {table for i in product.inputs for table in (i.mart, *i.upstream)}
            for model in product.dbt_models.split()
        }
        if fed <= found:
            return sorted(found)
        found |= fed
        reached |= fed
