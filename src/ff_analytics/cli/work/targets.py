"""What `ff run` can run in this process, and how each of them runs."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel

from ff_analytics.cli.console import UsageError
from ff_analytics.cli.work import pipelines
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

# Full names of deployments that run what has a shorter name here.
_SAME = {
    "Enterprise Data Pipeline/production-etl": "production-etl",
    "content-plan-to-jira/content-plan": "content-plan",
    "warehouse/refresh": "warehouse",
    "maintenance/nightly": "maintenance",
    "workspace-check/hello": "workspace-check",
    "backtest/weekly": "analytics/backtest",
}


class Target(NamedTuple):
    """One thing to run: its options, and what runs it with those that are given."""

    name: str
    about: str
    options: type[BaseModel]
    run: Callable[[Mapping[str, Any]], int]


def _of_leagues() -> list[str]:
    """Products that compute one league at a time."""
    fields = {product.name: product.params.model_fields for product in products.loadable()}
    return [name for name, own in fields.items() if "league" in own and "leagues" not in own]


def names() -> list[str]:
    """All targets by their full names."""
    return [
        *(f"analytics/{name}" for name in products.names()),
        *(f"ingest/{name}" for name in sources.names()),
        *(f"leagues/{name}" for name in _of_leagues()),
        *pipelines.PIPELINES,
    ]


def unknown(word: str, known: list[str], lists: str) -> UsageError:
    """The error for a name that does not exist: the nearest that does, and what lists them."""
    short = {name.rpartition("/")[2]: name for name in reversed(known)}
    near = get_close_matches(word, [*known, *short], n=1, cutoff=0.5)
    hint = f" Did you mean {short.get(near[0], near[0])}?" if near else ""
    return UsageError(f"there is no {word!r}.{hint} {lists} prints all names.")


def _product(name: str) -> Target:
    product = products.load(name)
    return Target(
        f"analytics/{name}",
        product.description,
        product.params,
        lambda given: pipelines.run_analytics(name, given),
    )


def _source(name: str) -> Target:
    source = sources.load(name)
    return Target(
        f"ingest/{name}",
        source.description,
        source.options,
        lambda given: pipelines.run_source(name, given),
    )


def find(word: str) -> Target:
    """The target of this name; the group may be left out where the name is clear alone."""
    word = _SAME.get(word, word)
    group, _, name = word.rpartition("/")
    if word in pipelines.PIPELINES:
        return Target(word, *pipelines.PIPELINES[word])
    if group in ("", "analytics") and name in products.names():
        return _product(name)
    if group in ("", "ingest") and name in sources.names():
        return _source(name)
    if group == "leagues" and name in _of_leagues():
        return Target(word, *pipelines.of_leagues(name))
    lists = "ff ingest --list" if group == "ingest" else "ff run --list"
    raise unknown(word, [known for known in names() if known.startswith(group)], lists)
