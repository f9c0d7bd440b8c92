"""Declarations found by the names of their files; a broken file concerns only itself."""

import pkgutil
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar

from ff_analytics.engine.base.errors import ConfigError


class Named(Protocol):
    """What a module declares says its own name."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def names(path: Iterable[str]) -> list[str]:
    """Kebab-case names of the modules in a package's folder; `_names` are helpers."""
    modules = (module.name for module in pkgutil.iter_modules(path))
    return sorted(name.replace("_", "-") for name in modules if not name.startswith("_"))


def _place(error: Exception, file: str) -> str:
    """The line of `file` that failed, where the error tells it."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{file}, line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)]
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    here = [line for line, name in zip(lines, files, strict=True) if name == file]
    return f"{file}, line {here[-1]}" if here else file


def declared(package: str, name: str, attribute: str, kind: type[T]) -> T:
    """The module's declaration; `ConfigError` names file, line and reason when it has none."""
    module = f"{package}.{name.replace('-', '_')}"
    spec = find_spec(module)
    file = spec.origin if spec and spec.origin else module
    try:
        found = getattr(import_module(module), attribute, None)
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"{_place(error, file)}: {type(error).__name__}: {reason}. Until it is mended, what "
            f"{Path(file).name} declares cannot run; everything else can."
        ) from error
    if not isinstance(found, kind):
        raise ConfigError(f"{file}: there is no {attribute} = {kind.__name__}(...) in it.")
    if found.name != name:
        raise ConfigError(
            f"{file}: it declares {found.name!r}; its name must be the file's, {name!r}."
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
