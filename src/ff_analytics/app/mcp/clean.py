"""Take secrets, file paths and characters that deceive out of everything that leaves the server."""

import math
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ff_analytics.app.web.settings import ServerSettings
from ff_analytics.engine.base.secret_shapes import hide_values, secret_name
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.lake.attach.catalog import catalog_file, password_in

_HIDDEN = "***"
# A shorter value could be a word of the data.
_SHORTEST = 8
_LONGEST = 2_000
_PATH = re.compile(r"(?<![\w.:/])/(?:[\w.@+~-]+/)+([\w.@+~-]*)")


def _assigned() -> dict[str, str]:
    """The environment, over the lines of `.env`."""
    try:
        lines = (PROJECT_ROOT / ".env").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs} | dict(os.environ)


def _parts(secret: str) -> Iterator[str]:
    """What is secret alone: of `user:password`, of a DSN, of a webhook's address."""
    if password := password_in(secret):
        yield password
    if "/" in secret:
        yield secret.rstrip("/").rpartition("/")[2]
    elif " " not in secret:
        yield secret.partition(":")[2]


def _secrets(settings: Settings, server: ServerSettings) -> set[str]:
    found = {value for name, value in _assigned().items() if secret_name(name)}
    for model in (settings, server):
        values = (getattr(model, name) for name in type(model).model_fields)
        found |= {v.get_secret_value() for v in values if isinstance(v, SecretStr)}
    found |= {settings.catalog} if catalog_file(settings) is None else set()
    found |= {part for value in found for part in _parts(value)}
    return {value for value in found if len(value) >= _SHORTEST}


def _folders(settings: Settings) -> set[str]:
    """Folders whose names tell about this machine; a subfolder is hidden with its parent."""
    places = [PROJECT_ROOT, settings.home, settings.data, Path.home(), Path(sys.prefix)]
    places += [place.resolve() for place in places]
    found = {str(place) for place in places} | {tempfile.gettempdir(), settings.files}
    return {place.rstrip("/") for place in found if len(place.strip("/")) > 1}


class Cleaner:
    """Values as JSON has them, without the secrets and folders of these settings."""

    def __init__(self, settings: Settings, server: ServerSettings) -> None:
        words = sorted(_secrets(settings, server), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, words))) if words else None
        folders = sorted(_folders(settings), key=len, reverse=True)
        names = "|".join(map(re.escape, folders))
        self._folders = re.compile(rf"(?:{names})(?:/[\w.@+~-]*)*")

    def text(self, value: str) -> str:
        """Of the data: printable, at most 2,000 characters."""
        value = "".join(c if c.isprintable() or c in "\n\t" else "" for c in value)
        if self._secrets:
            value = self._secrets.sub(_HIDDEN, value)
        value = self._folders.sub("<path>", hide_values(value))
        return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"

    def message(self, value: str) -> str:
        """Of an error or a log: on one line, and of any path its last part."""
        return " ".join(_PATH.sub(r"\1", self.text(value)).split())

    def value(self, value: Any) -> Any:
        """Nested values; what JSON does not have becomes text."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return round(value, 6) if math.isfinite(value) else None
        if isinstance(value, Decimal):
            return self.value(float(value))
        if isinstance(value, Mapping):
            return {self.text(str(k)): self.value(v) for k, v in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.value(v) for v in value]
        if isinstance(value, date | datetime | time):
            return value.isoformat()
        if isinstance(value, timedelta):
            return str(value)
        return self.text(value.hex() if isinstance(value, bytes) else str(value))
