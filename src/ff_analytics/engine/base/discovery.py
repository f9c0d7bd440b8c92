"""Find products and sources by their folders; a broken module affects only itself."""

import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar

from ff_analytics.engine.base.errors import ConfigError


class Named(Protocol):
    """Use the name in the module's declaration."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)
# The package whose folders are searched; the engine names no domain.
DOMAINS = "ff_analytics.domains"


def modules(*patterns: str) -> dict[str, str]:
    """Module path by kebab-case name of the files below the domains that match a glob pattern.

    `valuation/product.py` is named `valuation`; a prefix in the file's name follows the folder's:
    `shopify/orders_source.py` is named `shopify-orders`.
    """
    spec = find_spec(DOMAINS)
    found = {}
    for folder in (spec and spec.submodule_search_locations) or ():
        root = Path(folder)
        for file in (file for pattern in patterns for file in sorted(root.glob(pattern))):
            path = file.relative_to(root).with_suffix("")
            name = "_".join((path.parent.name, *path.name.split("_")[:-1]))
            found[name.replace("_", "-")] = ".".join((DOMAINS, *path.parts))
    return dict(sorted(found.items()))


def domain_of(module: str) -> str:
    """The domain that a module lies in."""
    return module.removeprefix(f"{DOMAINS}.").partition(".")[0]


def _place(error: Exception, file: str) -> str:
    """The line of `file` that failed, if the error contains it."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{file}, line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)]
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    here = [line for line, name in zip(lines, files, strict=True) if name == file]
    return f"{file}, line {here[-1]}" if here else file


def declared(module: str, name: str, attribute: str, kind: type[T]) -> T:
    """The module's declaration; `ConfigError` names file, line and reason when it has none."""
    spec = find_spec(module)
    file = spec.origin if spec and spec.origin else module
    try:
        found = getattr(import_module(module), attribute, None)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"{_place(error, file)}: {type(error).__name__}: {reason}. {name} cannot run until "
            "this is fixed; everything else can."
        ) from error
    if not isinstance(found, kind):
        raise ConfigError(f"{file}: there is no {attribute} = {kind.__name__}(...) in it.")
    if found.name != name:
        raise ConfigError(
            f"{file}: it declares {found.name!r}; its name must follow its folder's, {name!r}."
        )
    return found


def broken(known: Iterable[str], load: Callable[[str], object]) -> dict[str, str]:
    """Reason by name of those that cannot be loaded."""
    reasons = {}
    for name in known:
        try:
            load(name)
        except ConfigError as error:
            reasons[name] = str(error)
    return reasons


def loadable(known: Iterable[str], load: Callable[[str], T]) -> list[T]:
    """Declarations of those that can be loaded: one that cannot must not stop the others."""
    found = list(known)
    bad = broken(found, load)
    return [load(name) for name in found if name not in bad]
