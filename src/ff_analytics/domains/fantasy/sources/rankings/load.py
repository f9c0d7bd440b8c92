"""Rankings as batches: one file of one provider at a time, every name as listed and matched."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import polars as pl

from ff_analytics.domains.fantasy.players import people
from ff_analytics.domains.fantasy.players.orders import ListOrder
from ff_analytics.domains.fantasy.sources.market_values.providers import sheet_csv
from ff_analytics.domains.fantasy.sources.rankings.kickoff import season_of
from ff_analytics.domains.fantasy.sources.rankings.layouts import json_lists, tables
from ff_analytics.domains.fantasy.sources.rankings.layouts.columns import IDS
from ff_analytics.domains.fantasy.sources.rankings.options import (
    RANKINGS,
    Provider,
    RankingOptions,
)
from ff_analytics.domains.fantasy.sources.rankings.report import note_matches
from ff_analytics.domains.fantasy.sources.rankings.rows import matched_rows, sort_out
from ff_analytics.engine.base.errors import SourceError, SourceMissing
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.sources.source import Batch, FetchContext

_DYNASTYPROCESS = "https://github.com/dynastyprocess/data/raw/master/files"
_FFC = "https://fantasyfootballcalculator.com/api/v1/adp"
_SLEEPER = "https://api.sleeper.com/projections/nfl"
_FFC_NAMES = {"standard": "standard", "half": "half-ppr", "ppr": "ppr"}
_GROUPS = ("QB", "RB", "WR", "TE", "K", "DEF")


class Order(ListOrder[RankingOptions]):
    """One run's request."""

    source = "rankings"

    @property
    def season(self) -> int:
        """The season that is asked for: by default today's."""
        if self.options.season is not None:
            return self.options.season
        return int(pl.select(season_of(pl.lit(self.today))).item())


def address(order: Order) -> str:
    """Where the provider's list is."""
    options, base = order.options, (order.options.url or "").rstrip("/")
    match options.provider:
        case Provider.DYNASTYPROCESS:
            name = "db_fpecr.parquet" if options.history else "db_fpecr_latest.csv"
            return f"{base or _DYNASTYPROCESS}/{name}"
        case Provider.FFC:
            scoring = _FFC_NAMES.get(options.scoring or "ppr", "ppr")
            query = urlencode({"teams": options.teams, "year": order.season})
            return f"{base or _FFC}/{scoring}?{query}"
        case Provider.SLEEPER:
            positions = [("position[]", name) for name in _GROUPS]
            query = urlencode([("season_type", "regular"), *positions, ("order_by", "adp_ppr")])
            return f"{base or _SLEEPER}/{order.season}?{query}"
        case _:
            return sheet_csv(options.url or "")


def _parse(order: Order, data: bytes, url: str) -> pl.DataFrame:
    options = order.options
    if options.provider in (Provider.FFC, Provider.SLEEPER):
        options = options.model_copy(update={"season": order.season})
    match options.provider:
        case Provider.FFC:
            return json_lists.ffc(data, url, options)
        case Provider.SLEEPER:
            return json_lists.sleeper(data, url, options, order.today)
        case _:
            return tables.parse(data, url, options)


def _ids(order: Order) -> tuple[pl.DataFrame | None, Cursor | None]:
    """Other sites' ids by player_id, one row each; None where the list needs none."""
    options = order.options
    base = options.url if options.provider is Provider.DYNASTYPROCESS else None
    url = options.ids_url or f"{(base or _DYNASTYPROCESS).rstrip('/')}/db_playerids.csv"
    # A list on another server, or a file, asks the public table only when it is wanted.
    wanted = options.ids_url or options.url is None or base is not None
    if not wanted:
        return None, None
    try:
        found = order.fetched(url)
    except SourceMissing as error:
        if options.ids_url:
            raise
        order.context.warnings.append(f"{order.provider}: left out: {error}")
        return None, None
    table = tables.read_table(found.content(order.context.settings), url)
    tables.need(table, url, "player_id")
    columns = [c for c in IDS if c in table.columns and c != "espn_id"]
    ids = table.select(columns).filter(pl.col("player_id").is_not_null())
    return ids.unique("player_id", keep="first", maintain_order=True), dict(found.state)


def _batch(order: Order) -> Batch:
    """Every name of the list with the player that it means; no frame when nothing is new."""
    context, options, url = order.context, order.options, address(order)
    found = order.fetched(url)
    ids, ids_state = _ids(order)
    files = {s["url"]: s["sha256"] for s in (dict(found.state), ids_state) if s}
    chosen = options.model_dump(mode="json", exclude={"force", "url", "ids_url"})
    state: Cursor = {"files": files, "options": chosen, "players": order.known.version}
    part = f"{order.provider} {public(url)}"
    before = context.cursor(RANKINGS, part)
    batch = partial(
        Batch,
        dataset=RANKINGS,
        part=part,
        origin=order.origin,
        url=public(url),
        cursor=state,
        cursor_before=before,
        scope={"provider": order.provider},
    )
    if before and not options.force and {name: before.get(name) for name in state} == state:
        return batch(cursor=dict(before))
    try:
        listed = _parse(order, found.content(context.settings), url)
    except SourceError:
        found.discard()
        raise
    checked = sort_out(listed, options, context.settings, url)
    context.notes.extend(f"{order.provider}: {note}" for note in checked.notes)
    warnings = [f"{order.provider}: {text}" for text in checked.warnings]
    if checked.rows.is_empty():
        empty = RANKINGS.contract.create_empty().drop("_origin")
        return batch(frame=empty, may_be_empty=True, scope=None, warnings=tuple(warnings))
    players = people.under_each_position(order.known, context.settings)
    rows = matched_rows(checked.rows, players, ids, order.provider, url)
    warnings += note_matches(context, order.provider, rows)
    return batch(
        frame=rows,
        refused=checked.refused if checked.refused.height else None,
        # The list is what the provider says of this season and week: others stay as they are.
        accept_loss=True,
        warnings=tuple(warnings),
    )


def fetch(options: RankingOptions, context: FetchContext) -> Iterator[Batch]:
    """The rankings of one provider.

    Raises `ConfigError` when there are no players to match with. Public lists know no player
    of the sample league: nothing is loaded then, and a warning says so.
    """
    known = people.load(context.settings, public_list=not options.from_file)
    order = Order(options, context, known)
    if known.sample and not options.from_file:
        context.warnings.append(
            f"{order.provider} lists real players and the lake holds the sample league: nothing "
            "was loaded. Load real players first (ingest/nflverse)."
        )
        return
    context.expected = 1
    yield from context.attempt(order.provider, partial(_batch, order))
