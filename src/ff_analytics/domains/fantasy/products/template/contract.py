"""Contract of `data/analytics/template/latest.parquet` and `mrt_template`."""

import dataframely as dy


class Template(dy.Schema):
    """One row per position x snapshot_date."""

    position = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    players = dy.Int64(min=1)
    total_points = dy.Float64()
