"""Contract of `data/analytics/template/latest.parquet` and `mrt_template`."""

import dataframely as dy


class Template(dy.Schema):
    """One row per position x league x snapshot_date. Points of the regular season only."""

    league = dy.String(primary_key=True)
    position = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    season = dy.Int32(min=1999, max=2100)
    players = dy.Int64(min=1)
    total_points = dy.Float64()
