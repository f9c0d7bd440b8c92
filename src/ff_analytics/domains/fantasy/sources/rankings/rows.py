"""Listed names as rows of `raw_rankings.listings`: dated, checked, and matched to players."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from ff_analytics.domains.fantasy.players.matching import match
from ff_analytics.domains.fantasy.players.names import position_key, team_key
from ff_analytics.domains.fantasy.sources.rankings.contract import SCORINGS
from ff_analytics.domains.fantasy.sources.rankings.kickoff import dated
from ff_analytics.domains.fantasy.sources.rankings.layouts.columns import IDS
from ff_analytics.domains.fantasy.sources.rankings.layouts.tables import groups_of
from ff_analytics.domains.fantasy.sources.rankings.options import (
    LIST,
    RANKINGS,
    Provider,
    RankingOptions,
)
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.client import public

REASON: Final = "_reason"
# A list without a provider: everything but it.
_LIST = tuple(name for name in LIST if name != "provider")
_SHOWN = ("row", *_LIST, "listed_name", "position", "team", "average", "ranked_on")
_NAMED = 3


@dataclass(frozen=True)
class Sorted:
    """Rows that can be used, rows that were refused with their reason, and what to say of it."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _flaw(options: RankingOptions) -> pl.Expr:
    """Why a row is refused; null for those that can be used."""
    groups = {page: groups_of(page) for page in ("FLEX", "SUPERFLEX", "IDP", "ALL")}
    wide = pl.col("page").replace_strict(groups, default=pl.concat_list(pl.col("page")))
    foreign = (~wide.list.contains(pl.col("position"))).fill_null(False)
    asked = options.scoring or "unknown"
    other = pl.lit(asked != "unknown") & (pl.col("scoring") != asked) & options.from_file
    return pl.coalesce(
        "flaw",
        pl.when(pl.col("season").is_null()).then(
            pl.lit("neither a date nor a season: give the option season")
        ),
        pl.when(pl.col("too_late")).then(
            pl.format("ranked on {}, after the kickoff of {}", "ranked_on", "kickoff")
        ),
        pl.when(~pl.col("scoring").is_in(SCORINGS)).then(
            pl.format("scoring {}, which is none of standard, half, ppr, unknown", "scoring")
        ),
        pl.when(other).then(pl.format(f"scoring {{}}, and {asked} was asked for", "scoring")),
        pl.when(foreign).then(pl.format("{} on a page of {}", "position", "page")),
    )


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each list its last day."""
    last = pl.col("ranked_on").max().over(_LIST)
    return rows.filter((pl.col("ranked_on") == last).fill_null(pl.col("ranked_on").is_null()))


def sort_out(listed: pl.DataFrame, options: RankingOptions, settings: Settings, url: str) -> Sorted:
    """Date, check and thin out the rows of one file; columns `columns.LISTED`.

    Rows without a rank are skipped. Raises `SourceError` when none is left of a file.
    """
    if listed.is_empty():
        raise SourceError(f"{public(url)} holds no rows. Nothing was loaded.")
    page_only = pl.col("page").is_in(["FLEX", "SUPERFLEX", "IDP", "ALL"])
    rows = listed.with_columns(
        position=position_key(pl.coalesce("position", pl.when(~page_only).then("page"))),
        club=team_key(pl.col("team")),
    )
    rows = dated(rows, settings)
    notes, warnings = [], []
    blank = pl.col("average").is_null() & pl.col("flaw").is_null()
    if skipped := rows.filter(blank).height:
        notes.append(f"{skipped} rows have no rank and were skipped")
    rows = rows.filter(~blank)
    # An archive goes on after the kickoff; what came later is no pre-season list.
    archive = options.provider is Provider.DYNASTYPROCESS
    if archive and (late := rows.filter(pl.col("too_late")).height):
        notes.append(f"{late} rows were ranked after the kickoff and left out")
        rows = rows.filter(~pl.col("too_late"))
    rows = rows.with_columns(_flaw(options).alias(REASON))
    good, refused = rows.filter(pl.col(REASON).is_null()), rows.filter(pl.col(REASON).is_not_null())
    if good.is_empty() and refused.height:
        why = refused[REASON].value_counts(sort=True)[REASON][0]
        raise SourceError(
            f"None of the {refused.height} rows in {public(url)} can be used; the most frequent "
            f"reason: {why}. Nothing was loaded."
        )
    good = _newest(good)
    if undated := good.filter(pl.col("ranked_on").is_null()).height:
        warnings.append(
            f"{undated} of {good.height} rows have no date: that they are from before the kickoff "
            "cannot be checked, and is taken on your word"
        )
    warnings += _tied(good)
    return Sorted(
        good.drop(REASON),
        refused.select(*_SHOWN, REASON),
        tuple(warnings),
        tuple(notes),
    )


def _tied(rows: pl.DataFrame) -> list[str]:
    """A warning when a list of plain ranks gives one rank to several players."""
    whole = (pl.col("average") == pl.col("average").round()).all().over(_LIST)
    again = pl.struct(*_LIST, "position", "average").is_duplicated()
    ties = rows.filter(whole & again).sort(*_LIST, "average", maintain_order=True)
    if ties.is_empty():
        return []
    first = ties.row(0, named=True)
    names = ties.filter(
        *(pl.col(c) == first[c] for c in (*_LIST, "average")), position=first["position"]
    )["listed_name"]
    return [
        f"{ties.height} rows share their rank with another player, such as rank "
        f"{first['average']:g} of {' and '.join(names.head(_NAMED).fill_null('?'))}: they count as "
        "equal"
    ]


def _identified(
    rows: pl.DataFrame, players: pl.DataFrame, ids: pl.DataFrame | None
) -> pl.DataFrame:
    """`rows` with player_id, matched_by and reason; every name of a season is looked up once."""
    if ids is not None:
        players = players.join(ids, on="player_id", how="left", maintain_order="left")
    who = ["season", "listed_name", "position", "team", *IDS]
    asked = rows.select(who).unique(maintain_order=True)
    known = [name for name in IDS if name in players.columns]
    defence = pl.col("position") == "DST"
    people = asked.filter(~defence.fill_null(False)).with_columns(
        valued_on=pl.date(pl.col("season"), 9, 1), _asked=pl.col("player_id")
    )
    found = match(people, players, known).rename({"player_id": "_found"})
    clubs = asked.filter(defence).with_columns(
        _asked=pl.col("player_id"),
        _found="DST-" + team_key(pl.col("team")),
        matched_by=pl.when(pl.col("team").is_not_null()).then(pl.lit("club")),
        reason=pl.when(pl.col("team").is_null()).then(pl.lit("a defence without a club")),
    )
    columns = [c for c in who if c != "player_id"] + ["_asked", "_found", "matched_by", "reason"]
    looked = pl.concat([found.select(columns), clubs.select(columns)])
    joined = rows.rename({"player_id": "_asked"}).join(
        looked,
        on=[c for c in columns if c not in ("_found", "matched_by", "reason")],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return joined.rename({"_found": "player_id"})


def _once_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Who is twice on a list keeps the surer match, then the better rank."""
    order = rows.with_columns(_sure=pl.col("matched_by").ne_missing("id")).sort(
        "_sure", "average", maintain_order=True
    )
    first = pl.struct(*_LIST, "player_id").is_first_distinct()
    again = pl.col("player_id").is_not_null() & ~first
    marked = order.with_columns(again.alias("_again")).with_columns(
        reason=pl.when("_again")
        .then(pl.format("second listing of {}", "player_id"))
        .otherwise("reason")
    )
    cleared = (pl.when(~pl.col("_again")).then(c).alias(c) for c in ("player_id", "matched_by"))
    return marked.with_columns(*cleared).drop("_sure", "_again")


def matched_rows(
    rows: pl.DataFrame, players: pl.DataFrame, ids: pl.DataFrame | None, provider: str, url: str
) -> pl.DataFrame:
    """The contract's columns, best ranks first; `SourceError` when no name is a known player."""
    # What a list calls a row: its own id, else name, position and club tell namesakes apart.
    name = pl.concat_str("listed_name", "position", "team", separator="|", ignore_nulls=True)
    own = [pl.format(f"{i}:{{}}", i) for i in IDS]
    rows = rows.with_columns(listed_id=pl.coalesce(*own, name), provider=pl.lit(provider))
    found = _once_each(_identified(rows, players, ids))
    if found["player_id"].count() == 0:
        first = ", ".join(found["listed_name"].drop_nulls().head(_NAMED))
        raise SourceError(
            f"None of the {found.height} names in {public(url)} is a known player's (first: "
            f"{first}). Is it the right list, and are its players loaded (ingest/nflverse)?"
        )
    columns = [c for c in RANKINGS.contract.column_names() if c != "_origin"]
    return found.with_columns(pl.col("position").fill_null("?")).select(columns)
