"""The providers: which files they offer, and how one becomes a list of names and values.

Formats: DynastyProcess, `files/` of github.com/dynastyprocess/data (players with a value per
format; picks with a rank, worth 10500 * exp(-0.0235 * rank) as the players are; ids of many
sites). FantasyCalc, api.fantasycalc.com/values/current: a JSON list of player and value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import polars as pl

from ff_analytics.domains.fantasy.sources.market_values.options import (
    Format,
    MarketOptions,
    Provider,
)
from ff_analytics.domains.fantasy.sources.market_values.tables import (
    amounts,
    days,
    need,
    read_json,
    read_table,
    style_of,
)

IDS = ("player_id", "espn_id", "fantasypros_id")
LISTED = {
    **dict.fromkeys(("format", "listed_name", "position", "team"), pl.String),
    **{"value": pl.Float64, "valued_on": pl.Date},
    **dict.fromkeys(IDS, pl.String),
}
# The rank counts from 1; at 0 the best asset would be worth 10500.
_TOP, _FALL = 10_500, 0.0235
_DYNASTYPROCESS = "https://github.com/dynastyprocess/data/raw/master/files"
_FANTASYCALC = "https://api.fantasycalc.com/values/current"
_SHEET = re.compile(r"^https://docs\.google\.com/spreadsheets/d/([\w-]+)/(?!export|gviz)")

Parse = Callable[[bytes, "Feed", MarketOptions, date], pl.DataFrame]


@dataclass(frozen=True)
class Feed:
    """One file of a provider; one that is `optional` may be missing, with a warning."""

    url: str
    parse: Parse
    optional: bool = False


def sheet_csv(url: str) -> str:
    """The CSV export behind the link that a Google Sheet shows; other addresses as they are."""
    found = _SHEET.match(url)
    if found is None:
        return url
    tab = re.search(r"[#&?]gid=(\d+)", url)
    return (
        f"https://docs.google.com/spreadsheets/d/{found[1]}/export?format=csv"
        f"&gid={tab[1] if tab else 0}"
    )


def _listed(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of `LISTED`; absent ones null, text trimmed."""
    have = table.columns
    return table.select(
        (pl.col(name) if name in have else pl.lit(None)).cast(kind).alias(name)
        for name, kind in LISTED.items()
    ).with_columns(pl.col(pl.String).str.strip_chars().replace("", None))


def _formats(default: Format) -> pl.Expr:
    spelled = pl.col("format").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    known = {"1qb": "1qb", "superflex": "superflex", "sf": "superflex", "2qb": "superflex"}
    return spelled.replace(known).fill_null(default.value)


def parse_players(data: bytes, feed: Feed, options: MarketOptions, today: date) -> pl.DataFrame:
    """A CSV of names or ids with one value, or with one value per format; blank is no value."""
    table = read_table(data, feed.url)
    need(table, feed.url, "listed_name", *IDS)
    wide = {"value_1qb": Format.ONE_QB, "value_superflex": Format.SUPERFLEX}
    present = {name: form for name, form in wide.items() if name in table.columns}
    if not present:
        need(table, feed.url, "value", *wide)
    style = style_of(table, data, feed.url, options.style)
    known = "valued_on" in table.columns
    dated = days(table, "valued_on", feed.url, style) if known else pl.lit(today)
    table = table.with_columns(dated.alias("valued_on"))

    def worth(column: str) -> pl.DataFrame:
        """Rows that have a value of the column; null where it is no number."""
        return table.with_columns(value=amounts(table, column, feed.url, style)).filter(
            table[column].is_not_null()
        )

    if not present:
        if "format" not in table.columns:
            table = table.with_columns(format=pl.lit(None, pl.String))
        parts = [worth("value").with_columns(format=_formats(options.format))]
    else:
        # A player whom only one format lists has no value in the other.
        parts = [worth(n).with_columns(format=pl.lit(f.value)) for n, f in present.items()]
    listed = _listed(pl.concat(parts))
    return listed.with_columns(listed_name=pl.coalesce("listed_name", *IDS))


def parse_ranked_picks(
    data: bytes, feed: Feed, options: MarketOptions, today: date
) -> pl.DataFrame:
    """DynastyProcess's picks: a rank among the players per format."""
    table = read_table(data, feed.url)
    ranks = {"ecr_1qb": Format.ONE_QB, "ecr_2qb": Format.SUPERFLEX}
    for column in ("listed_name", *ranks, "valued_on"):
        need(table, feed.url, column)
    table = table.with_columns(days(table, "valued_on", feed.url, options.style))
    worth = (
        table.with_columns(
            format=pl.lit(form.value),
            value=amounts(table, column, feed.url, options.style),
        ).with_columns(value=(_TOP * (-_FALL * pl.col("value")).exp()).round(0))
        for column, form in ranks.items()
    )
    return _listed(pl.concat(worth)).with_columns(position=pl.lit("PICK"))


def parse_fantasycalc(data: bytes, feed: Feed, options: MarketOptions, today: date) -> pl.DataFrame:
    """FantasyCalc's list of one format; its values are those of the day of the request."""
    form = Format.SUPERFLEX if "numQbs=2" in feed.url else Format.ONE_QB
    rows = []
    for row in read_json(data, feed.url):
        player = row.get("player") or {}
        rows.append(
            {
                "format": form.value,
                "listed_name": player.get("name"),
                "position": player.get("position"),
                "team": player.get("maybeTeam"),
                "value": row.get("value"),
                "valued_on": today,
                "espn_id": player.get("espnId"),
            }
        )
    table = pl.DataFrame(rows, infer_schema_length=None)
    need(table.select(c for c in table.columns if table[c].count()), feed.url, "listed_name")
    need(table.select(c for c in table.columns if table[c].count()), feed.url, "value")
    return _listed(table)


def parse_ids(data: bytes, feed: Feed, options: MarketOptions, today: date) -> pl.DataFrame:
    """DynastyProcess's table of ids: player_id (gsis) and fantasypros_id."""
    table = read_table(data, feed.url)
    wanted = ("player_id", "fantasypros_id")
    for column in wanted:
        need(table, feed.url, column)
    return table.select(wanted).filter(pl.col("player_id").is_not_null())


def id_feed(options: MarketOptions) -> Feed | None:
    """The table that leads from the provider's ids to ours, if it needs one.

    An own list and FantasyCalc name ids that the players file knows itself.
    """
    if options.provider is not Provider.DYNASTYPROCESS:
        return None
    return Feed(f"{(options.url or _DYNASTYPROCESS).rstrip('/')}/db_playerids.csv", parse_ids, True)


def feeds(options: MarketOptions) -> tuple[Feed, ...]:
    """The files of the provider that was asked for."""
    if options.provider is Provider.OWN:
        return (Feed(sheet_csv(options.url or ""), parse_players),)
    if options.provider is Provider.DYNASTYPROCESS:
        base = (options.url or _DYNASTYPROCESS).rstrip("/")
        return (
            Feed(f"{base}/values-players.csv", parse_players),
            Feed(f"{base}/values-picks.csv", parse_ranked_picks, optional=True),
        )
    base = options.url or _FANTASYCALC
    asked = (
        {"isDynasty": "true", "numQbs": n, "numTeams": options.teams, "ppr": f"{options.ppr:g}"}
        for n in (1, 2)
    )
    return tuple(Feed(f"{base}?{urlencode(query)}", parse_fantasycalc) for query in asked)
