"""Which local files may be read as a source."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings


def path_of(url: str) -> Path:
    """The path that a file:// address names."""
    return Path(url2pathname(urlsplit(url).path))


def _roots(settings: Settings) -> Iterator[Path]:
    yield settings.data
    for folder in filter(None, (part.strip() for part in settings.file_sources.split(","))):
        yield settings.home / Path(folder).expanduser()
    # The settings may name any folder; a parameter may not.
    if urlsplit(settings.nflverse_url).scheme == "file":
        yield path_of(settings.nflverse_url)


def _below(path: Path, root: Path) -> bool:
    """True when `path` is below `root` and no part of the path is hidden."""
    if not path.is_relative_to(root):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)


def allowed_file(url: str, settings: Settings) -> Path:
    """The real path of a file:// address, if the user allowed to read there.

    With all symbolic links resolved it must be below one of FF_FILE_SOURCES, the data folder, or
    the folder of FF_NFLVERSE_URL; hidden files and folders are never read.
    Raises `ConfigError`; the file is not opened.
    """
    written = path_of(url)
    roots = list(dict.fromkeys(_roots(settings)))
    try:
        real = written.resolve()
        if not written.name.startswith(".") and any(_below(real, r.resolve()) for r in roots):
            return real
    except (OSError, ValueError, RuntimeError):
        # A loop of links, or a name that no file can have.
        pass
    if written.name.startswith("."):
        raise ConfigError(f"{str(written)!r} may not be read as a source: it is hidden. Rename it.")
    raise ConfigError(
        f"{str(written)!r} may not be read as a source: it is outside of "
        f"{', '.join(map(str, roots))}. Move the file there, or add its folder to FF_FILE_SOURCES."
    )
