"""Which league here is the league of an id: the id is the identity, the name a label.

A name belongs to the id that was loaded last under it: the cursor in the lake says which, else
the profile. A league gets a new id with each season and names the one before it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ff_analytics.domains.fantasy.league.league import profile_names
from ff_analytics.domains.fantasy.sources.sleeper.api import Api, League
from ff_analytics.domains.fantasy.sources.sleeper.options import SleeperOptions
from ff_analytics.domains.fantasy.sources.sleeper.rules import slug
from ff_analytics.engine.base.bounds import bounded_yaml
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.sources.source import FetchContext

# Profiles written before they had the field say it in their description.
_DESCRIBED = re.compile(r"Sleeper league (\d{1,24})\.?\s*$")


@dataclass(frozen=True)
class Identity:
    """The name of a league here, and the id under which its rows were loaded before, if another."""

    name: str
    renewed_from: str | None = None


def _id_in(file: Path) -> str | None:
    try:
        found: Any = bounded_yaml.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    if not isinstance(found, dict):
        return None
    described = _DESCRIBED.search(str(found.get("description") or ""))
    return found.get("sleeper_league") or (described[1] if described else None)


def _known(context: FetchContext) -> dict[str, set[str]]:
    """Ids by the name of each league here; none for a league that is not of Sleeper."""
    loaded: dict[str, set[str]] = {}
    for (_, part), cursor in (*context.outdated.items(), *context.cursors.items()):
        if cursor.get("id"):
            loaded.setdefault(part, set()).add(str(cursor["id"]))
    folder = context.settings.leagues
    written = {
        name: {found} if (found := _id_in(folder / f"{name}.yaml")) else set[str]()
        for name in profile_names(context.settings)
    }
    return written | loaded


def _free(wished: str, league_id: str, known: Iterable[str]) -> str:
    """`wished`, or with the end of the id where another league has that name."""
    taken = set(known)
    endings = (f"{wished}_{league_id[-length:]}" for length in (4, 8, 24))
    return next((name for name in (wished, *endings) if name not in taken), f"sleeper_{league_id}")


def _wished(found: League, league_id: str, known: Iterable[str], context: FetchContext) -> str:
    wished = slug(found.name or "") or f"sleeper_{league_id}"
    name = _free(wished, league_id, known)
    if name != wished:
        context.warnings.append(
            f"{wished} is another league already, so this one is called {name}; the option name "
            "chooses another"
        )
    return name


def identify(api: Api, found: League, options: SleeperOptions, context: FetchContext) -> Identity:
    """The league's name here: the one it has, also under ids of earlier seasons, else a new one.

    Raises `ConfigError` when the name that was asked for is another league's.
    """
    known, league_id = _known(context), options.league_id
    owners = {each: name for name, ids in known.items() for each in ids}
    name = options.name or owners.get(league_id)
    ids = known.get(name or "", set())
    if name and (not ids or league_id in ids):
        # Two ids under one name: a load of the renewed league ended halfway.
        return Identity(name, next(iter(ids - {league_id}), None))
    before = list(api.seasons_before(found)) if owners else []
    for earlier in before:
        if earlier in owners and name in (None, owners[earlier]):
            return Identity(owners[earlier], earlier)
    if name:
        raise ConfigError(
            f"{name} is Sleeper league {', '.join(sorted(ids))}, and {league_id} is another "
            "league: rosters would be mixed. Give another name, or none."
        )
    return Identity(_wished(found, league_id, known, context))
