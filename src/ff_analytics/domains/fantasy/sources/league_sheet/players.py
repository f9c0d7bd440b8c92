"""Which player each row means."""

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

from ff_analytics.domains.fantasy.players.matching import match
from ff_analytics.domains.fantasy.players.names import defence_id
from ff_analytics.domains.fantasy.sources.league_sheet.sheet import Row, Sheet

_DEFENCE = re.compile(r"^DST-\w+$", re.IGNORECASE)


def _listings(rows: list[Row], day: date) -> pl.DataFrame:
    columns = {"listed_name": "player", "position": "position", "team": "nfl_team"}
    named = {ours: [row.text(cell) for row in rows] for ours, cell in columns.items()}
    named["player_id"] = [row.text("player_id") for row in rows]
    return pl.DataFrame(named, schema=dict.fromkeys(named, pl.String)).with_columns(
        valued_on=pl.lit(day)
    )


def player_ids(
    sheet: Sheet, rows: Iterable[Row], people: pl.DataFrame, day: date
) -> dict[int, str]:
    """Player id by row number; rows without a player, or with several, get a flaw.

    By id where there is one, else by name, position and NFL team. Team defences are written
    `DST-SEA`, in any list's code of the club.
    """
    found: dict[int, str] = {}
    asked = []
    for row in rows:
        texts = (row.text("player_id"), row.text("player"))
        defence = next((text for text in texts if text and _DEFENCE.match(text)), None)
        if defence and (club := defence_id(defence)):
            found[row.number] = club
        elif defence:
            sheet.flaw(row, "player", f"{defence!r} is no club's defence: write DST-SEA and such")
        elif not any(texts):
            sheet.flaw(row, "player", "is empty")
        else:
            asked.append(row)
    if not asked:
        return found
    matched = match(_listings(asked, day), people, ["player_id"])
    for row, player, why in zip(asked, matched["player_id"], matched["reason"], strict=True):
        if player:
            found[row.number] = player
        else:
            name = row.text("player") or row.text("player_id")
            sheet.flaw(row, "player", f"{name!r} is no player of the lake: {why}")
    return found
