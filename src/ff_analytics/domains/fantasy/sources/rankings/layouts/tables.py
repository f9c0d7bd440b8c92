"""Lists in rows and columns: CSV of any spreadsheet, Parquet, DynastyProcess's pages.

DynastyProcess, `db_fpecr_latest.csv` and `db_fpecr.parquet` of github.com/dynastyprocess/data: a
row per player, page and day, with page_type (`redraft-rb`, `weekly-wr`, `dynasty-overall`), fp_page
(the page's address, which names the scoring), id (FantasyPros), ecr, sd and scrape_date.
"""

import io
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from ff_analytics.domains.fantasy.own_files.table import read_csv, separator_in, text_of, unusable
from ff_analytics.domains.fantasy.players.names import position_key
from ff_analytics.domains.fantasy.sources.rankings.contract import GROUPS, PAGES
from ff_analytics.domains.fantasy.sources.rankings.layouts.columns import (
    IDS,
    listed,
    with_days,
    with_numbers,
)
from ff_analytics.domains.fantasy.sources.rankings.options import Provider, RankingOptions
from ff_analytics.engine.base.bounds.limits import refuse_wide

# Name of ours -> names that files use, in lower case with underscores.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "listed_name": ("name", "player", "player_name", "full_name"),
    "position": ("position", "pos"),
    "page": ("page", "page_pos"),
    "page_type": ("page_type",),
    "team": ("team", "nfl_team", "tm"),
    "season": ("season", "year"),
    "week": ("week",),
    "scoring": ("scoring",),
    "rank": ("rank", "rk", "overall"),
    "ecr": ("ecr", "avg", "avg.", "average"),
    "adp": ("adp", "average_draft_position", "avg_pick"),
    "sd": ("sd", "std.dev", "std.dev.", "std_dev", "stdev"),
    "ranked_on": ("ranked_on", "date", "scrape_date", "updated"),
    "player_id": ("player_id", "gsis_id"),
    "fantasypros_id": ("fantasypros_id", "fp_id"),
    "sleeper_id": ("sleeper_id",),
    "sportradar_id": ("sportradar_id",),
    "espn_id": ("espn_id",),
}
_LABELS = frozenset(("listed_name", "team"))
_NUMBERS = ("rank", "ecr", "adp", "sd", "season", "week")
_SCORINGS = {
    **dict.fromkeys(("standard", "std", "nonppr"), "standard"),
    **dict.fromkeys(("half", "halfppr", "halfpointppr", "05ppr"), "half"),
    **dict.fromkeys(("ppr", "fullppr", "1ppr"), "ppr"),
    "unknown": "unknown",
}
_OVERALL = {
    **{"OVERALL": "ALL", "FLX": "FLEX", "OP": "SUPERFLEX", "SUPERFLEX": "SUPERFLEX"},
    **{"PPR-OVERALL": "ALL", "SF": "SUPERFLEX"},
}
_PARQUET = b"PAR1"
# Pages of which we read; best ball, rookies and rest of season are other questions.
_KINDS = {"redraft": ("redraft", 0), "weekly": ("redraft", None), "dynasty": ("dynasty", 0)}


def read_table(data: bytes, url: str) -> pl.DataFrame:
    """A CSV (all columns as text) or Parquet file under the names of `ALIASES`."""
    if not data.startswith(_PARQUET):
        return read_csv(data, url, ALIASES, labels=_LABELS, also=lambda n: n in ("id", "fp_page"))
    try:
        table = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise unusable(url, f"is not a readable Parquet file ({reason}).") from error
    refuse_wide(url, table.width)
    known = {alias: ours for ours, names in ALIASES.items() for alias in (*names, ours)}
    names: dict[str, str] = {}
    for column in table.columns:
        ours = known.get(column.lower())
        # DynastyProcess has team and tm: the first column of a meaning is it.
        if ours and ours not in names.values() and (ours == column or ours not in table.columns):
            names[column] = ours
    return table.rename(names)


def need(table: pl.DataFrame, url: str, *choices: str) -> None:
    """Raise `SourceError` unless one of the columns is there; it lists the names we know."""
    if not any(name in table.columns for name in choices):
        names = ", ".join(alias for name in choices for alias in ALIASES[name])
        have = ", ".join(table.columns[:10]) or "none"
        raise unusable(url, f"lacks a column {names} (any of them); it has {have}.")


def page_key(page: pl.Expr) -> pl.Expr:
    """The group that a page ranks: a position, FLEX, SUPERFLEX, IDP or ALL."""
    return position_key(page).replace(_OVERALL)


def scoring_key(scoring: pl.Expr) -> pl.Expr:
    """standard, half, ppr or unknown, however spelled; others as they are."""
    bare = scoring.str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    return bare.replace(_SCORINGS)


def _scoring_of_page(address: pl.Expr) -> pl.Expr:
    """The scoring that a page's address names; pages that name none rank what it leaves alone."""
    return (
        pl.when(address.str.contains("half-point-ppr|half-ppr"))
        .then(pl.lit("half"))
        .when(address.str.contains("ppr"))
        .then(pl.lit("ppr"))
        .when(address.str.contains("consensus|cheatsheets|/(rb|wr|te|flex)"))
        .then(pl.lit("standard"))
    )


def dynastyprocess(data: bytes, url: str, options: RankingOptions) -> pl.DataFrame:
    """DynastyProcess's pages: redraft, dynasty and weekly ones; all dated, week by the date."""
    table = read_table(data, url)
    if "id" in table.columns and "fantasypros_id" not in table.columns:
        table = table.rename({"id": "fantasypros_id"})
    for column in ("page_type", "listed_name", "ecr", "ranked_on"):
        need(table, url, column)
    parts = pl.col("page_type").str.to_lowercase().str.splitn("-", 2)
    table = table.with_columns(
        _type=parts.struct.field("field_0"), page=page_key(parts.struct.field("field_1"))
    ).filter(pl.col("_type").is_in(list(_KINDS)), pl.col("page").is_in(PAGES))
    address = pl.col("fp_page") if "fp_page" in table.columns else pl.lit(None, pl.String)
    table = table.with_columns(
        kind=pl.col("_type").replace_strict({k: v[0] for k, v in _KINDS.items()}),
        week=pl.col("_type").replace_strict({k: v[1] for k, v in _KINDS.items()}),
        measure=pl.lit("ecr"),
        scoring=pl.coalesce(_scoring_of_page(address), pl.lit(options.scoring or "unknown")),
    )
    table = with_days(table, "ranked_on", url, options.style)
    return listed(
        with_numbers(table, ("ecr", "sd"), url, options.style).with_columns(average="ecr")
    )


def _averages(table: pl.DataFrame, url: str, options: RankingOptions) -> pl.DataFrame:
    """What orders the list: ECR, ADP or just ranks; and which of them it is."""
    wanted = ("ecr", "adp") if options.measure != "adp" else ("adp", "ecr")
    present = [name for name in (*wanted, "rank") if name in table.columns]
    if not present:
        need(table, url, "ecr", "adp", "rank")
    measure = options.measure or ("adp" if present[0] == "adp" else "ecr")
    return table.with_columns(
        average=pl.coalesce(pl.col(name).cast(pl.Float64) for name in present),
        measure=pl.lit(measure),
    )


def file(data: bytes, url: str, options: RankingOptions) -> pl.DataFrame:
    """A file of the user's or a download of FantasyPros; see docs/how-to.md for its columns."""
    table = read_table(data, url)
    need(table, url, "listed_name", *IDS)
    style = options.style
    if not data.startswith(_PARQUET):
        texts = [t for n in _NUMBERS if n in table.columns for t in table[n].drop_nulls()]
        dates = table["ranked_on"].drop_nulls().to_list() if "ranked_on" in table.columns else []
        style = replace(style, comma_groups=separator_in(text_of(data, url)) == ",")
        style = style.learn(texts, dates)
    table = with_days(with_numbers(table, _NUMBERS, url, style), "ranked_on", url, style)
    table = _averages(table, url, options)
    have = table.columns
    # FantasyPros writes WR12 where the position is asked for.
    position = pl.col("position").str.replace(r"\d+$", "") if "position" in have else None
    kept = pl.lit(options.page) if position is None else position
    page = page_key(pl.col("page")) if "page" in have else pl.lit(options.page or "ALL")
    scoring = pl.lit(None, pl.String)
    if "scoring" in have:
        scoring = scoring_key(pl.col("scoring"))
    named = pl.coalesce(pl.col(n).cast(pl.String) for n in ("listed_name", *IDS) if n in have)
    return listed(
        table.with_columns(
            kind=pl.lit("redraft"),
            position=kept,
            page=page,
            scoring=pl.coalesce(scoring, pl.lit(options.scoring or "unknown")),
            # `Orrin Vance (LV)` and `Orrin Vance LV (7)` name the club and the week off, too.
            listed_name=named.str.replace(r"(\s+[A-Z]{2,3})?\s*\([^)]*\)\s*$", ""),
            **{
                name: pl.coalesce(pl.col(name) if name in have else None, pl.lit(value))
                for name, value in (("season", options.season), ("week", options.week))
            },
        )
    )


def groups_of(page: str) -> list[str]:
    """Positions whose players a page may rank."""
    wide = {
        "FLEX": ["RB", "WR", "TE"],
        "SUPERFLEX": ["QB", "RB", "WR", "TE"],
        "IDP": ["DL", "LB", "DB"],
        "ALL": GROUPS,
    }
    return wide.get(page, [page])


def parse(data: bytes, url: str, options: RankingOptions) -> pl.DataFrame:
    """`dynastyprocess` or `file`, as the provider asks."""
    dynasty = options.provider is Provider.DYNASTYPROCESS
    return (dynastyprocess if dynasty else file)(data, url, options)
