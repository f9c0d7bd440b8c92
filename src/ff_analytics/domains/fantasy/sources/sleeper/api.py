"""What the API answers, as far as it is read here. Much of it may be null, so most is optional."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.bounds.limits import marked
from ff_analytics.engine.base.errors import PublishError, SourceError, SourceMissing
from ff_analytics.engine.base.forms.problems import explain
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.client import get, public
from ff_analytics.engine.sources.source import FetchContext

T = TypeVar("T")
# The list of all players is some 5 MB, and Sleeper asks to fetch it once a day at most.
A_DAY = 86_400.0
# Sleeper began in 2017; more earlier seasons than these are a circle.
_SEASONS = 30


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class League(_Answer):
    """`/league/<id>`."""

    name: str | None = None
    season: str
    previous_league_id: str | None = None
    status: str | None = None
    total_rosters: int
    roster_positions: list[str]
    scoring_settings: dict[str, float | None] | None = None
    settings: dict[str, Any] | None = None

    def setting(self, name: str) -> int:
        """A whole number among the settings; 0 when it is not there."""
        value = (self.settings or {}).get(name)
        return int(value) if isinstance(value, int | float) else 0


class Roster(_Answer):
    """One of `/league/<id>/rosters`."""

    roster_id: int
    owner_id: str | None = None
    players: list[str] | None = None
    reserve: list[str] | None = None
    taxi: list[str] | None = None


class User(_Answer):
    """One of `/league/<id>/users`."""

    user_id: str
    display_name: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def team_name(self) -> str | None:
        """The name that the user gave the team, if any."""
        name = (self.metadata or {}).get("team_name")
        return name.strip() or None if isinstance(name, str) else None


class Player(_Answer):
    """One of `/players/nfl`; a team defence has the club's code as its id."""

    player_id: str
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    position: str | None = None
    team: str | None = None
    gsis_id: str | None = Field(None, description="Often with a blank in front.")

    @property
    def name(self) -> str | None:
        return self.full_name or " ".join(filter(None, (self.first_name, self.last_name))) or None


def _parsed(body: bytes, kind: Any) -> Any:
    reader = TypeAdapter(kind)
    try:
        return reader.validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] != "json_invalid":
            raise
    # A lone surrogate is the fault of one row, which `land` sets aside by its mark.
    return reader.validate_python(marked(fast_json.loads(body)))


def _read(url: str, body: bytes, kind: Any) -> Any:
    try:
        return _parsed(body, kind)
    except ValidationError as error:
        what = f"something else than documented: {explain(error).splitlines()[0].rstrip('.')}"
    except ValueError as error:
        what = f"something else than JSON: {error}"
    raise SourceError(
        f"{public(url)} answered {what}. Nothing was loaded; try again later."
    ) from None


class Api:
    """Calls for one league."""

    def __init__(self, base: str, league_id: str, context: FetchContext) -> None:
        self.base, self.league_id, self.context = base.rstrip("/"), league_id, context

    def _get(self, path: str) -> tuple[str, bytes]:
        url = f"{self.base}/{path}"
        answer = get(url, settings=self.context.settings, traffic=self.context.traffic)
        self.context.traffic.bytes += len(answer.content)
        return url, answer.content

    def _of_league(self, path: str, kind: Any) -> Any:
        unknown = SourceMissing(
            f"Sleeper has no league {self.league_id}. Its id is the number in the address of the "
            "league's page, sleeper.com/leagues/<id>, and changes with each season."
        )
        try:
            url, body = self._get(f"league/{self.league_id}{path}")
        except SourceMissing:
            raise unknown from None
        if body.strip() in (b"", b"null"):
            raise unknown
        return _read(url, body, kind)

    def league(self) -> League:
        """The league; `SourceMissing` when there is none of that id."""
        found: League = self._of_league("", League)
        return found

    def seasons_before(self, league: League) -> Iterator[str]:
        """Ids of the same league in earlier seasons, newest first."""
        previous = league.previous_league_id
        for _ in range(_SEASONS):
            # Sleeper writes "0" for none.
            if not previous or previous == "0":
                return
            yield previous
            try:
                body = self._get(f"league/{previous}")[1]
            except SourceMissing:
                return
            if body.strip() in (b"", b"null"):
                return
            earlier: League = _read(f"{self.base}/league/{previous}", body, League)
            previous = earlier.previous_league_id

    def rosters(self) -> list[Roster]:
        found: list[Roster] = self._of_league("/rosters", list[Roster])
        return found

    def users(self) -> list[User]:
        found: list[User] = self._of_league("/users", list[User])
        return found

    def players(self) -> Mapping[str, Player]:
        """All players by Sleeper's id, at most a day old."""
        file = self.context.settings.cache_dir / "sleeper-players.json"
        url = f"{self.base}/players/nfl"
        kept = _kept(file, url)
        body = kept if kept is not None else self._get("players/nfl")[1]
        found: dict[str, Player] = _read(url, body, dict[str, Player])
        if kept is None:
            _keep(file, url, body)
        return found


def _kept(file: Path, url: str) -> bytes | None:
    note = file.with_suffix(".url")
    try:
        young = time.time() - file.stat().st_mtime < A_DAY
        return file.read_bytes() if young and note.read_text() == url else None
    except OSError:
        return None


def _keep(file: Path, url: str, body: bytes) -> None:
    try:
        with replacing(file) as part:
            part.write_bytes(body)
        file.with_suffix(".url").write_text(url)
    except OSError as error:
        raise PublishError(f"{file} could not be written ({error.strerror}). Make room.") from error
