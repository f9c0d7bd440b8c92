"""Whom does a list of names mean? By id where there is one, else by name, never by guess."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ff_analytics.domains.fantasy.players.names import (
    initial_key,
    is_initial,
    name_key,
    position_key,
    team_key,
)

# A listing means a player of its time: a prospect must not become his father.
_SEASONS_BEFORE, _SEASONS_AFTER = 2, 1


@dataclass(frozen=True)
class Rung:
    """One way to match: columns that must be equal, and the listings that may try it."""

    name: str
    on: tuple[str, ...]
    only: pl.Expr | None = None


NAME_RUNGS = (
    Rung("name", ("_name", "_position")),
    # A passer who is listed as a tight end is the same man only if the club says so too.
    Rung("name and team", ("_name", "_team")),
    Rung("name", ("_name",), pl.col("_position").is_null()),
    Rung("initial", ("_initial", "_position"), pl.col("_short")),
)


def _keyed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.with_columns(
        _name=name_key(pl.col(name)),
        _initial=initial_key(pl.col(name)),
        _short=is_initial(pl.col(name)),
        _position=position_key(pl.col("position")),
        _team=team_key(pl.col("team")),
    )


def _candidates(players: pl.DataFrame) -> pl.DataFrame:
    """Players under each of their names: as displayed, and first name with surname."""
    other = pl.concat_str("first_name", "last_name", separator=" ")
    both = pl.concat([players, players.with_columns(display_name=other)])
    return _keyed(both.filter(pl.col("display_name").is_not_null()), "display_name").unique(
        ["player_id", "_name", "_position"], maintain_order=True
    )


def _of_their_time(pairs: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("valued_on").dt.year()
    return pairs.filter(
        (pl.col("last_season") >= year - _SEASONS_BEFORE).fill_null(True),
        (pl.col("rookie_season") <= year + _SEASONS_AFTER).fill_null(True),
    )


def _one_each(pairs: pl.DataFrame) -> pl.DataFrame:
    """_row, player_id and number of candidates left; those of the listing's club come first."""
    same_club = (pl.col("_team") == pl.col("_club")).fill_null(False)
    left = pairs.filter(same_club | ~same_club.any().over("_row")).unique(["_row", "player_id"])
    return left.group_by("_row").agg(pl.col("player_id").first(), pl.len().alias("candidates"))


def _climb(rest: pl.DataFrame, players: pl.DataFrame, rung: Rung) -> pl.DataFrame:
    asking = rest if rung.only is None else rest.filter(rung.only)
    known = players.select(
        *rung.on, "player_id", "last_season", "rookie_season", _club=pl.col("_team")
    )
    asking = asking.drop("player_id", strict=False)
    pairs = asking.join(known, on=rung.on, nulls_equal=False)
    return _one_each(_of_their_time(pairs)).with_columns(matched_by=pl.lit(rung.name))


def _by_ids(rows: pl.DataFrame, players: pl.DataFrame, ids: Sequence[str]) -> list[pl.DataFrame]:
    found = []
    for column in ids:
        known = players.select(column, "player_id").drop_nulls()
        # An id that two players share says nothing.
        known = known.unique("player_id").unique(column, keep="none")
        pairs = rows.select("_row", column).join(known, on=column)
        found.append(
            pairs.select("_row", "player_id", candidates=pl.lit(1, pl.UInt32)).with_columns(
                matched_by=pl.lit("id")
            )
        )
    return found


def _of_another_time(rows: pl.DataFrame, players: pl.DataFrame) -> pl.DataFrame:
    """_row and `other_time`, a sentence, where a player of the name has ended his career before."""
    known = _candidates(players).select("_name", "last_season")
    pairs = rows.join(known, on="_name", nulls_equal=False)
    year = pl.col("valued_on").dt.year()
    ended = pairs.filter(pl.col("last_season") < year - _SEASONS_BEFORE)
    said = pl.format(
        "the player of that name last played in {}, the list is of {}", "last_season", year
    )
    return ended.sort("last_season").group_by("_row").agg(other_time=said.last())


def match(listings: pl.DataFrame, players: pl.DataFrame, ids: Sequence[str] = ()) -> pl.DataFrame:
    """`listings` with player_id, matched_by (id, name, ..., null) and why not, as `reason`.

    `listings`: listed_name, position, team, valued_on and the columns of `ids`, which hold
    text in `players` too (player_id counts as one). `players`: player_id, display_name,
    first_name, last_name, position, team, rookie_season, last_season. A name that several
    players of that time and position bear is decided by the club, else it stays unmatched.
    """
    rows = _keyed(listings.with_row_index("_row"), "listed_name")
    known = players.with_columns(_same=pl.col("player_id"))
    tries = [_climb(rows, _candidates(players), rung) for rung in NAME_RUNGS]
    asked = rows.rename({"player_id": "_same"}) if "player_id" in rows.columns else rows
    tries = _by_ids(asked, known, ["_same" if i == "player_id" else i for i in ids]) + tries
    found = pl.concat(tries, how="vertical_relaxed").with_row_index("_try")
    sure = found.filter(pl.col("candidates") == 1).sort("_try").unique("_row", keep="first")
    doubt = found.group_by("_row").agg(pl.col("candidates").max())
    unsure = pl.format("{} players of that name", "candidates")
    gone = pl.col("other_time").fill_null("unknown name")
    return (
        rows.select("_row", *(c for c in listings.columns if c != "player_id"))
        .join(sure.select("_row", "player_id", "matched_by"), on="_row", how="left")
        .join(doubt, on="_row", how="left")
        .join(_of_another_time(rows, players), on="_row", how="left")
        .sort("_row")
        .with_columns(
            reason=pl.when(pl.col("player_id").is_null()).then(
                pl.when(pl.col("candidates") > 1).then(unsure).otherwise(gone)
            )
        )
        .drop("_row", "candidates", "other_time")
    )
