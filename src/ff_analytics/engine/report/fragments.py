"""Render sections of a page from templates."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from ff_analytics.engine.report import numbers

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """One block of the page. `lead` is a plain sentence below the heading.

    The navigation leaves out a section that is not `listed`.
    """

    id: str
    title: str
    body: Markup
    lead: str = ""
    nav: str = ""
    listed: bool = True


def _of_domains() -> PrefixLoader:
    """Templates of the domains; `valuation/top.html.j2` is one of the product `valuation`."""
    spec = find_spec("ff_analytics.domains")
    roots = [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]
    folders = [folder for root in roots for folder in root.glob("**/templates")]
    owners = {(f.parents[1] if f.parent.name == "report" else f.parent).name: f for f in folders}
    return PrefixLoader({name: FileSystemLoader(folder) for name, folder in owners.items()})


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Jinja with autoescape for every template, and a missing variable as an error."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), _of_domains()]),
        autoescape=True,
        # A misspelt name must fail in a test, not print nothing in a report.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "number": numbers.number,
        "whole": numbers.whole,
        "dollars": numbers.dollars,
        "price": numbers.price,
        "signed": numbers.signed,
        "percent": numbers.percent,
    }
    return env


def fragment(template: str, **values: Any) -> Markup:
    """A rendered part of a page; the values are escaped by the template."""
    return Markup(environment().get_template(template).render(**values))


def absent(anchor: str, title: str, reason: str, command: str = "") -> Section:
    """A section without data: the reason, and the command that fills it, as `ff ingest rankings`.

    Without a command nothing can be done about it, so the navigation leaves it out.
    """
    body = fragment("absent.html.j2", reason=reason, command=command)
    return Section(anchor, title, body, listed=bool(command))
