"""Contract of `data/analytics/template/latest.parquet` and `mrt_template`."""

import dataframely as dy


class Template(dy.Schema):
    """One row per position x league x snapshot_date. Points of the regular season only."""

    league = dy.String(primary_key=True, description="League profile whose scoring counts.")
    position = dy.String(primary_key=True, description="Position that leagues draft by.")
    snapshot_date = dy.Date(primary_key=True, description="Date of the run.")
    season = dy.Int32(
        min=1999, max=2100, description="Season that is added up.", metadata={"unit": "year"}
    )
    players = dy.Int64(
        min=1, description="Players with points at the position.", metadata={"unit": "players"}
    )
    total_points = dy.Float64(
        description="Their fantasy points of the regular season, added up.",
        metadata={"unit": "points"},
    )
