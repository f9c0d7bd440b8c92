"""The books of a league as batches: each sheet one part, the full truth of its kind."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from ff_analytics.domains.fantasy.league.league import LeagueProfile, load_profile
from ff_analytics.domains.fantasy.league.tables import CAP_CHARGES, CONTRACTS, ROSTERS
from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.domains.fantasy.players import people
from ff_analytics.domains.fantasy.players.people import SAMPLE
from ff_analytics.domains.fantasy.sources.league_sheet.books import read_charges, read_rosters
from ff_analytics.domains.fantasy.sources.league_sheet.contracts import read_contracts
from ff_analytics.domains.fantasy.sources.league_sheet.franchises import spellings
from ff_analytics.domains.fantasy.sources.league_sheet.options import LeagueSheetOptions
from ff_analytics.domains.fantasy.sources.league_sheet.sheet import (
    Flaw,
    Sheet,
    read_sheet,
    refused_frame,
)
from ff_analytics.domains.fantasy.sources.market_values.providers import sheet_csv
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.download import download
from ff_analytics.engine.sources.source import Batch, FetchContext

SHOWN = 200
Read = Callable[[Sheet], pl.DataFrame]


def address(text: str, home: Path) -> str:
    """URL of a sheet: a path becomes file://, a Google Sheet's link its CSV export."""
    if "://" in text:
        return sheet_csv(text)
    path = Path(text).expanduser()
    return (path if path.is_absolute() else home / path).resolve().as_uri()


def _rules_mark(profile: LeagueProfile) -> str:
    rules = profile.cap.model_dump_json() if profile.cap else ""
    return hashlib.sha256(rules.encode()).hexdigest()[:12]


def _one_per_row(flaws: list[Flaw]) -> list[Flaw]:
    """The first flaw of each row and season: one row is quarantined once."""
    kept: dict[tuple[int, object], Flaw] = {}
    for flaw in flaws:
        kept.setdefault((flaw.row.number, flaw.keys.get("season")), flaw)
    return sorted(kept.values(), key=lambda flaw: flaw.row.number)


def _note_flaws(context: FetchContext, name: str, sheet: Sheet, flaws: list[Flaw]) -> list[str]:
    """Put the flaws among the run's tables; one warning with the first of them."""
    if not flaws:
        return []
    context.tables[f"{name}-set-aside"] = [
        {"row": flaw.row.number, "field": flaw.name, "reason": flaw.reason}
        for flaw in flaws[:SHOWN]
    ]
    rows = len({flaw.row.number for flaw in flaws})
    shown = "; ".join(flaw.sentence for flaw in flaws[:3])
    return [f"{name}: {rows} of {len(sheet.rows)} rows of the sheet were quarantined: {shown}"]


def _batch(
    context: FetchContext,
    options: LeagueSheetOptions,
    known: people.People,
    dataset: Dataset,
    where: str,
    read: Read,
) -> Batch:
    url = address(where, context.settings.home)
    # Known by the cache alone: other players or rules give the same file other rows.
    found = download(
        url, known=None, settings=context.settings, traffic=context.traffic, force=options.force
    )
    franchises = spellings(dataset, options.league, context.settings)
    state = {
        "url": public(url),
        "sha256": found.state["sha256"],
        "players": known.version,
        "rules": _rules_mark(load_profile(options.league, context.settings)),
        "whole_contracts": options.whole_contracts,
        "decimal": options.decimal,
        "franchises": franchises,
    }
    before = context.cursor(dataset, options.league)
    batch = partial(
        Batch,
        dataset=dataset,
        part=options.league,
        origin=SAMPLE if known.sample else "league-sheet",
        url=public(url),
        cursor_before=before,
        scope={"league": options.league},
    )
    if before and not options.force and {name: before.get(name) for name in state} == state:
        return batch(cursor=dict(before))
    try:
        content = found.content(context.settings)
        sheet = read_sheet(content, url, Style(options.decimal), franchises)
    except SourceError:
        found.discard()
        raise
    frame = read(sheet).with_columns(league=pl.lit(options.league))
    flaws = _one_per_row(sheet.flaws)
    return batch(
        cursor=state,
        frame=frame,
        refused=refused_frame(flaws, options.league),
        accept_loss=options.force,
        warnings=(
            *(f"{dataset.name}: {line}" for line in sheet.warnings),
            *_note_flaws(context, dataset.name, sheet, flaws),
        ),
    )


def _time_of(players: pl.DataFrame, today: date) -> date:
    """The day for which names are looked up: today, or the end of the last season with players.

    The sample's players, and a lake that was not loaded for years, belong to their own time.
    """
    last = players["last_season"].max()
    return min(today, date(int(last), 12, 31)) if isinstance(last, int) else today


def fetch(options: LeagueSheetOptions, context: FetchContext) -> Iterator[Batch]:
    """The sheets that were given.

    Raises `ConfigError` when the lake has no players to look names up in.
    """
    known = people.load(context.settings)
    rules = load_profile(options.league, context.settings).cap
    frame = known.frame
    day = _time_of(frame, context.started_at.date())
    contracts = partial(
        read_contracts, people=frame, rules=rules, day=day, whole=options.whole_contracts
    )
    rosters = partial(read_rosters, people=frame, day=day)
    wanted: list[tuple[Dataset, str | None, Read]] = [
        (ROSTERS, options.rosters, rosters),
        (CONTRACTS, options.contracts, contracts),
        (CAP_CHARGES, options.charges, read_charges),
    ]
    given = [(dataset, where, read) for dataset, where, read in wanted if where]
    context.expected = len(given)
    for dataset, where, read in given:
        yield from context.attempt(
            dataset.name, partial(_batch, context, options, known, dataset, where, read)
        )
