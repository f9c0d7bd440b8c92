"""Files of the nflverse releases, all vintages, as batches. The sample uses the same layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from ff_analytics.domains.fantasy.sources.nflverse.datasets import (
    INJURIES,
    PLAYER_WEEK,
    PLAYERS,
    SCHEDULES,
)
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import SourceError, SourceMissing
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.download import download
from ff_analytics.engine.sources.shape import Shaped, conform, read_file, rename, require
from ff_analytics.engine.sources.source import Batch, FetchContext

# Old name -> name since the 2025 releases.
RENAMES = {
    "recent_team": "team",
    "interceptions": "passing_interceptions",
    "sacks": "sacks_suffered",
    "sack_yards": "sack_yards_lost",
    "player_name": "player_display_name",
}
REQUIRED = {
    "player_week": ("player_id", "season", "week", "season_type", "position", "team"),
    "players": ("gsis_id", "display_name", "position", "birth_date"),
    "schedules": ("game_id", "season", "game_type", "week", "home_team", "away_team"),
    "injuries": ("season", "week", "gsis_id", "team", "report_status"),
}
# Known columns that the contracts leave out on purpose: no note about them.
IGNORED = {
    "player_week": {
        *("player_name", "position_group", "headshot_url", "dakota", "game_id"),
        *("fg_made_list", "fg_missed_list", "fumbles_total"),
    },
    "players": {
        *("common_first_name", "short_name", "football_name", "headshot", "college_conference"),
        *("ngs_position_group", "ngs_position", "ngs_status", "ngs_status_short_description"),
        *("pff_position", "pff_status"),
    },
}
IDENTITY = {"player_week": "player_id", "players": "gsis_id"}


@dataclass(frozen=True)
class Release:
    """A place that serves the releases, and how its rows are loaded."""

    base: str
    origin: str
    force: bool = False
    accept_loss: bool = False

    def url(self, path: str) -> str:
        return f"{self.base.rstrip('/')}/{path}"


def _shape(frame: pl.DataFrame, dataset: Dataset, url: str) -> Shaped:
    renamed = rename(frame, RENAMES) if dataset.name == "player_week" else frame
    require(renamed, REQUIRED[dataset.name], url)
    if dataset is INJURIES:
        renamed = _last_reports(renamed)
    ignored = IGNORED.get(dataset.name)
    if ignored is None:
        # Schedules carry dozens of betting columns that nothing here reads.
        ignored = set(renamed.columns)
    return conform(renamed, dataset.contract, ignored)


def _last_reports(frame: pl.DataFrame) -> pl.DataFrame:
    """The last report of each player and week: teams report on several days."""
    key = ["season", "week", "gsis_id"]
    dated = frame if "date_modified" in frame.columns else frame.with_columns(date_modified=None)
    return dated.sort("date_modified", nulls_last=False, maintain_order=True).unique(
        key, keep="last", maintain_order=True
    )


def _check_season(frame: pl.DataFrame, season: int, url: str) -> None:
    held = frame["season"].drop_nulls().unique().sort().to_list()
    if held and [int(value) for value in held] != [season]:
        raise SourceError(
            f"{public(url)} holds season {', '.join(map(str, held))} where {season} was asked for. "
            "Nothing was loaded from it; tell the provider."
        )


def fetch_file(
    context: FetchContext,
    release: Release,
    dataset: Dataset,
    part: str,
    path: str,
    scope: Mapping[str, int | str],
) -> Batch:
    """One file as a batch; without frame when it is as last loaded."""
    before = context.cursor(dataset, part)
    url = release.url(path)
    found = download(
        url,
        known=before,
        settings=context.settings,
        traffic=context.traffic,
        force=release.force,
    )
    batch = partial(
        Batch,
        dataset=dataset,
        part=part,
        origin=release.origin,
        url=public(url),
        cursor_before=before,
        scope=scope,
    )
    if not found.changed:
        # What the last load noted stays with the part until it is loaded again.
        return batch(cursor={**(before or {}), **found.state})
    shaped = _shape(read_file(found, context.settings), dataset, url)
    if "season" in scope:
        _check_season(shaped.frame, int(scope["season"]), url)
    return batch(
        cursor=dict(found.state),
        frame=shaped.frame,
        identity=IDENTITY.get(dataset.name),
        accept_loss=release.force or release.accept_loss,
        absent=shaped.absent,
        unknown=shaped.unknown,
        schema_changes=shaped.schema_changes,
        warnings=shaped.warnings,
    )


def fetch_season(context: FetchContext, release: Release, season: int) -> Batch:
    """Player-weeks of one season; the file is the full truth of that season."""
    path = f"stats_player/stats_player_week_{season}.parquet"
    return fetch_file(context, release, PLAYER_WEEK, str(season), path, {"season": season})


def _season_or_before(context: FetchContext, release: Release, season: int) -> Batch:
    try:
        return fetch_season(context, release, season)
    except SourceMissing:
        context.warnings.append(
            f"season {season} has no statistics yet at {public(release.base)}; "
            f"loaded {season - 1} instead"
        )
        return fetch_season(context, release, season - 1)


def fetch(
    context: FetchContext,
    base: str,
    seasons: list[int],
    *,
    force: bool = False,
    schedules: bool = True,
    injuries: bool = False,
    or_season_before: bool = False,
    origin: str = "nflverse",
    accept_loss: bool = False,
) -> Iterator[Batch]:
    """Seasons first, then players, then schedules.

    A season that fails does not stop the others. If all fail, nothing else is loaded: players
    without statistics would only displace what is there.
    """
    release = Release(base, origin, force, accept_loss)
    season_file = _season_or_before if or_season_before else fetch_season
    context.expected += len(seasons) * (1 + injuries) + 1 + schedules
    for season in seasons:
        yield from context.attempt(
            f"{PLAYER_WEEK.name} {season}", partial(season_file, context, release, season)
        )
    # By now the consumer has landed and merged each season, or noted why it could not.
    if len(context.failures) >= len(seasons):
        return
    for season in seasons if injuries else ():
        path = f"injuries/injuries_{season}.parquet"
        reports = partial(
            fetch_file, context, release, INJURIES, str(season), path, {"season": season}
        )
        yield from context.attempt(f"{INJURIES.name} {season}", reports, optional=True)
    whole = [(PLAYERS, "players/players.parquet")]
    if schedules:
        whole.append((SCHEDULES, "schedules/games.parquet"))
    for dataset, path in whole:
        fetch_one = partial(fetch_file, context, release, dataset, "", path, {})
        yield from context.attempt(dataset.name, fetch_one, optional=dataset.optional)
