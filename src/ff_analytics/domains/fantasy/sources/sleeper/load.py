"""A Sleeper league as batches, and its profile on disk."""

import hashlib
from collections.abc import Iterator
from functools import partial

import polars as pl

from ff_analytics.domains.fantasy.league.tables import FRANCHISES, ROSTERS
from ff_analytics.domains.fantasy.players import people
from ff_analytics.domains.fantasy.sources.sleeper.api import Api, League
from ff_analytics.domains.fantasy.sources.sleeper.identity import identify
from ff_analytics.domains.fantasy.sources.sleeper.options import BASE, SleeperOptions
from ff_analytics.domains.fantasy.sources.sleeper.profile_file import write_profile
from ff_analytics.domains.fantasy.sources.sleeper.rows import franchises, roster_rows
from ff_analytics.domains.fantasy.sources.sleeper.rules import rules_of
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.sources.source import Batch, FetchContext

SHOWN = 200


def _batch(
    context: FetchContext,
    options: SleeperOptions,
    league: str,
    dataset: Dataset,
    rows: pl.DataFrame,
    refused: pl.DataFrame | None = None,
    warnings: tuple[str, ...] = (),
    *,
    complete: bool = False,
) -> Batch:
    """`complete`: what the answer lacks is gone, however much it is."""
    before = context.cursor(dataset, league)
    # The API has no ETag worth asking for, so news is what differs from the last load.
    content = rows.write_ndjson() + ("" if refused is None else refused.write_ndjson())
    cursor = {"sha256": hashlib.sha256(content.encode()).hexdigest(), "id": options.league_id}
    batch = partial(
        Batch,
        dataset=dataset,
        part=league,
        origin="sleeper",
        url=f"{options.base_url or BASE}/league/{options.league_id}",
        cursor_before=before,
        scope={"league": league},
        warnings=warnings,
    )
    if before and not options.force and {key: before.get(key) for key in cursor} == cursor:
        return batch(cursor=dict(before))
    return batch(
        cursor=cursor,
        frame=rows.with_columns(league=pl.lit(league)),
        refused=refused,
        accept_loss=options.force or complete,
    )


def _profile(context: FetchContext, options: SleeperOptions, league: League, name: str) -> None:
    if not options.write_profile:
        return
    rules = rules_of(league, name, options.league_id)
    context.warnings += rules.warnings
    done = write_profile(
        context.settings.leagues, rules.profile, overwrite=options.overwrite_profile
    )
    (context.warnings if done.kept else context.notes).append(done.line)


def _known(context: FetchContext) -> people.People | None:
    """Players of the lake, None when there are none yet."""
    try:
        return people.load(context.settings)
    except ConfigError:
        return None


def _unknown(
    context: FetchContext, unknown: pl.DataFrame
) -> tuple[pl.DataFrame | None, tuple[str, ...]]:
    if unknown.is_empty():
        return None, ()
    shown = unknown.select("franchise", "sleeper_id", "listed_name", "position", "team", "reason")
    context.tables["rosters-set-aside"] = shown.head(SHOWN).to_dicts()
    names = ", ".join(unknown["listed_name"].fill_null(unknown["sleeper_id"]).head(5))
    line = (
        f"rosters: {unknown.height} players are not in the lake and were quarantined: {names}. "
        "Load ingest/nflverse again; players without a game may come later"
    )
    return unknown.rename({"reason": "_reason"}), (line,)


def fetch(options: SleeperOptions, context: FetchContext) -> Iterator[Batch]:
    """Managers first, then rosters; the profile is written before either.

    No player of the sample league is at Sleeper: over a sample the rosters are skipped, with a
    warning, and the profile is written all the same.
    """
    api = Api(options.base_url or BASE, options.league_id, context)
    found = api.league()
    identity = identify(api, found, options, context)
    name = identity.name
    if identity.renewed_from:
        context.notes.append(
            f"{name} follows Sleeper league {identity.renewed_from} into season {found.season}: "
            "its rosters and franchises replace those of before"
        )
    _profile(context, options, found, name)
    known = _known(context)
    if known and known.sample:
        context.warnings.append(
            "the lake holds the sample league, whose players are invented: rosters were not "
            "loaded. Load real players first (ingest/nflverse)"
        )
        return
    context.expected = 2
    rosters = api.rosters()
    names, managers = franchises(rosters, api.users())
    # With every roster in the answer, a franchise that is not in it has another name now.
    whole = len(rosters) == found.total_rosters
    yield from context.attempt(
        "franchises",
        partial(_batch, context, options, name, FRANCHISES, managers, complete=whole),
    )
    day = context.started_at.date()
    frame = known.frame if known else None
    rows, unknown = roster_rows(rosters, names, api.players(), frame, day)
    if rows.is_empty() and unknown.is_empty():
        context.warnings.append(
            f"no roster of the league has a player yet (status {found.status}); rosters of before "
            "stay"
        )
        return
    refused, notes = _unknown(context, unknown)
    yield from context.attempt(
        "rosters",
        partial(
            _batch,
            context,
            options,
            name,
            ROSTERS,
            rows,
            refused,
            notes,
            complete=whole and identity.renewed_from is not None,
        ),
    )
