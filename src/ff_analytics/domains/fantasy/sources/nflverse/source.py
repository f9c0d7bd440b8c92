"""nflverse releases: player-week statistics per season, players, schedules. No key is needed."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from ff_analytics.domains.fantasy.sources.nflverse.datasets import (
    INJURIES,
    PLAYER_WEEK,
    PLAYERS,
    SCHEDULES,
)
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.base.forms.spans import Spans
from ff_analytics.engine.sources.source import Batch, FetchContext, Source, SourceOptions
from ff_analytics.engine.sources.window import Window

_Seasons = list[Annotated[int, Field(ge=1999, le=2100)]]


class NflverseOptions(SourceOptions):
    """What to load of the releases."""

    seasons: Annotated[_Seasons | None, Spans(), Mark.NAMES_RUN] = Field(
        None,
        examples=["2015:2019"],
        min_length=1,
        description="Seasons to load, e.g. 2015:2019 or 2023,2024; the releases begin in 1999. "
        "Empty = the current season, or the last one played (a season starts in September).",
    )
    base_url: Annotated[str | None, Mark.ADVANCED] = Field(
        None,
        description="Another place that serves the releases: https, http on this machine, or "
        "file:///folder. Empty = FF_NFLVERSE_URL.",
    )
    include_schedules: bool = Field(
        True, description="Also load game schedules and scores; a base without them is fine."
    )
    include_injuries: bool = Field(
        False,
        description="Also load the injury reports of the seasons (since 2009), which weekly "
        "projections use; a season without them is a warning.",
    )


def current_season(today: date) -> int:
    """The season that `today` belongs to: from September the new one, before it the last."""
    return today.year if today.month >= 9 else today.year - 1


def _fetch(options: NflverseOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.fantasy.sources.nflverse.files import fetch

    today = context.started_at.date()
    base = options.base_url or context.settings.nflverse_url
    seasons = options.seasons or [current_season(today)]
    # In its first weeks a season has no file yet; a scheduled run is not a failure then.
    not_begun = options.seasons is None and today.month == 9
    return fetch(
        context,
        base,
        sorted(set(seasons)),
        force=options.force,
        schedules=options.include_schedules,
        injuries=options.include_injuries,
        or_season_before=not_begun,
    )


SOURCE = Source(
    name="nflverse",
    title="nflverse releases",
    description="Player-week statistics since 1999, players and schedules of the NFL.",
    options=NflverseOptions,
    datasets=(PLAYER_WEEK, PLAYERS, SCHEDULES, INJURIES),
    fetch=_fetch,
    window=Window("seasons", ("seasons",)),
)
