"""The players in the lake, as far as names and ids go."""

from dataclasses import dataclass

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError, LakeMissing, NothingToDo
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import ops
from ff_analytics.engine.sources.loading_deployments import how_to_load

PLAYERS = "raw_nflverse.players"
WEEKS = "raw_nflverse.player_week"
# Origin of the invented league's rows: its source's name.
SAMPLE = "sample"


@dataclass(frozen=True)
class People:
    """Players to match with, the version of their table, and whether they are invented."""

    frame: pl.DataFrame
    version: int
    sample: bool


def load(settings: Settings, *, public_list: bool = False) -> People:
    """The players of the lake. Raises `ConfigError` when there is none to match with.

    A `public_list` is loaded every day, also where it is unused: then it is `NothingToDo`.
    """
    frame, version = pl.DataFrame(), 0
    try:
        with lake.connect(settings=settings) as con:
            con.execute("BEGIN")
            if lake.table_exists(con, PLAYERS):
                frame = con.execute(
                    "SELECT gsis_id AS player_id, display_name, first_name, last_name, position, "
                    "latest_team AS team, rookie_season, last_season, espn_id, _origin "
                    f"FROM {PLAYERS} ORDER BY gsis_id"
                ).pl()
                version = ops.versions(con).get(PLAYERS, 0)
            con.execute("COMMIT")
    except LakeMissing:
        pass
    if frame.is_empty():
        raise (NothingToDo if public_list else ConfigError)(
            f"The lake has no players to match names with. {how_to_load([PLAYERS])}"
        )
    return People(frame.drop("_origin"), version, frame["_origin"][0] == SAMPLE)


def under_each_position(known: People, settings: Settings) -> pl.DataFrame:
    """The players once more for each other position that they played at in the loaded seasons.

    The position of a player is his latest: a list of the past knows him by an older one.
    """
    with lake.connect(settings=settings) as con:
        if not lake.table_exists(con, WEEKS):
            return known.frame
        played = con.execute(
            f"SELECT DISTINCT player_id, position FROM {WEEKS} WHERE position IS NOT NULL "
            "AND player_id IS NOT NULL ORDER BY ALL"
        ).pl()
    others = known.frame.drop("position").join(played, on="player_id")
    return pl.concat([known.frame, others.select(known.frame.columns)])
