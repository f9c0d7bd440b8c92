"""`leagues/<name>.yaml` from a league's rules; an edited file is kept."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError, PublishError, SourceError
from ff_analytics.engine.base.forms.problems import explain

_MARK = re.compile(r"^# mark: ([0-9a-f]{16})$", re.MULTILINE)
_SHOWN = 5


@dataclass(frozen=True)
class Written:
    """What became of the file: a sentence, and whether a person should look at it."""

    line: str
    kept: bool = False


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Whole numbers without a decimal point."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text_of(profile: dict[str, Any]) -> str:
    """The file: a head that says where it comes from, and the profile."""
    body = yaml.safe_dump(_plain(profile), sort_keys=False, allow_unicode=True, width=100)
    return (
        "# Written by ingest/sleeper. Change it as you like: a changed file is kept, and later\n"
        "# loads only say what differs. Budget and minimum bid are guesses.\n"
        f"# mark: {_mark(body)}\n{body}"
    )


def _untouched(text: str) -> bool:
    found = _MARK.search(text)
    return found is not None and _mark(text[found.end() + 1 :]) == found[1]


def _differences(have: Any, want: Any, path: str = "") -> list[str]:
    if isinstance(have, dict) and isinstance(want, dict):
        return [
            line
            for key in dict.fromkeys([*want, *have])
            # What only our profiles have, such as cap rules, is no difference.
            if key in want or path
            for line in _differences(have.get(key), want.get(key), f"{path}.{key}".lstrip("."))
        ]
    return [] if have == want else [f"{path} {have} here, {want} there"]


def _changed_by_hand(file: Path, text: str, profile: dict[str, Any]) -> Written:
    try:
        have = bounded_yaml.load(text)
    except yaml.YAMLError:
        have = None
    ours = {"description", "budget", "minimum_bid", "weeks", "timezone", "sleeper_league"}
    want = {key: value for key, value in profile.items() if key not in ours}
    lines = _differences(have if isinstance(have, dict) else {}, want)
    if not lines:
        return Written(f"{file.name} is your own and agrees with Sleeper; it is kept")
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return Written(
        f"{file} is not as it was written and is kept; it differs from Sleeper: "
        f"{'; '.join(lines[:_SHOWN])}{more}. overwrite_profile=true replaces it",
        kept=True,
    )


def _check(profile: dict[str, Any]) -> None:
    try:
        LeagueProfile.model_validate(profile)
    except ValidationError as error:
        wrong = explain(error, profile, "Sleeper's rules make no league profile")
        raise SourceError(
            f"{wrong} Write leagues/<name>.yaml by hand and load with write_profile=false."
        ) from None


def write_profile(folder: Path, profile: dict[str, Any], *, overwrite: bool) -> Written:
    """Write `<folder>/<name>.yaml` unless a person changed it (then only with `overwrite`).

    Raises `SourceError` for rules that make no profile, `PublishError` when the file cannot be
    written.
    """
    _check(profile)
    file, text = folder / f"{profile['name']}.yaml", text_of(profile)
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from None
    if before == text:
        return Written(f"{file.name} is up to date")
    if before is not None and not _untouched(before) and not overwrite:
        return _changed_by_hand(file, before, profile)
    try:
        replace_text(file, text)
    except OSError as error:
        raise PublishError(f"{file} could not be written ({error.strerror}).") from error
    return Written(f"{file.name} was {'written' if before is None else 'replaced'}")
