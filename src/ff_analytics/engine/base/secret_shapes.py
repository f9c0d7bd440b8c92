"""Names and values that look like secrets: they are refused as parameters.

A server stores parameters in clear text and shows them to all of its users; secrets belong in
`.env` and credential blocks. No message here repeats a value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ff_analytics.engine.base.errors import ConfigError

_NAME = re.compile(
    r"(?:^|_)(?:token|password|passwd|passphrase|secret|webhook|dsn|api_?key|access_key|private_key"
    r"|auth_string)s?(?:_|$)"
)
# The providers' own words for their keys, by their fixed beginnings.
_VALUES = {
    "a Discord webhook address": r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d",
    "a Slack webhook address": r"hooks\.slack\.com/services/",
    "a URL with a user, a password or a token before its host": (
        r"[a-z][a-z0-9+.-]*://[^\s/?#@]+@"
    ),
    "a URL with a key in its query": (
        r"[?&;#](?:[\w.-]*[_.-])?(?:token|secret|passw(?:or)?d|pass|pwd|sig|signature|auth"
        r"|authorization|bearer|jwt|credentials?)="
        r"|[?&;#](?:[\w.-]*(?:api|access|private|auth|app|client|account|subscription)[_-]?)?key="
        r"|[?&;#](?:access|auth|api|id|refresh)token="
    ),
    "a password of a database": r"\bpassword\s*=\s*\S",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a signed token (JWT)": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.",
    "an access token": (
        r"\b(?:gh[pousr]_\w{20}|github_pat_\w{20}|xox[abeprs]-[\w-]{10}|AKIA[0-9A-Z]{16}"
        r"|AIza[\w-]{35}|ya29\.[\w-]{20}|1//0[\w-]{20}|ATATT3[\w-]{20}|EAA[0-9A-Za-z]{30}"
        r"|shp(?:at|ss|ca|pa)_[0-9a-f]{32}|pk_[0-9a-f]{34}|pn[ub]_\w{20}|sk-[\w-]{20})"
    ),
}
_SHAPES = {what: re.compile(shape, re.IGNORECASE) for what, shape in _VALUES.items()}


_HIDDEN = re.compile("|".join(rf"(?:{shape})\S*" for shape in _VALUES.values()), re.IGNORECASE)


def secret_name(name: str) -> bool:
    """True when a parameter of this name would contain a secret."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return bool(_NAME.search(snake))


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text below `value` with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple | set):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}.{number}")


def refuse_names(names: Iterable[str], where: str) -> None:
    """Raise `ConfigError` for a parameter whose name requests a secret."""
    for name in names:
        if secret_name(name):
            raise ConfigError(
                f"{where}: a parameter may not be called {name!r}. Parameters are stored and shown "
                "in clear; take the secret from the environment (.env) or a credential block."
            )


def secret_shape(text: str) -> str | None:
    """What kind of secret the text looks like, if any."""
    return next((what for what, shape in _SHAPES.items() if shape.search(text)), None)


def refuse_values(parameters: Mapping[str, Any], where: str) -> None:
    """Raise `ConfigError` for a parameter whose value looks like a secret."""
    for place, text in _texts(parameters, ""):
        if what := secret_shape(text):
            raise ConfigError(
                f"{where}: {place} contains {what}. Parameters are stored and shown in clear "
                "text; put it into .env or a credential block, and revoke it if a server has "
                "seen it."
            )


def hide_values(text: str) -> str:
    """The text with `***` in the place of whatever looks like a secret."""
    if "PRIVATE KEY-----" in text:
        return "***"
    return _HIDDEN.sub("***", text)
