"""Contract of `data/analytics/backtest/latest.parquet` and `mrt_backtest`."""

import dataframely as dy


class BackTest(dy.Schema):
    """One row per model x measure x position x horizon x target season x snapshot_date.

    `target_season` 0 is the mean over all of them, weighted by players; `position` ALL is the
    whole league. `value` is in the measure's unit: mae and bias in points per game, total_mae in
    points per season, the others shares or correlations.
    """

    snapshot_date = dy.Date(primary_key=True)
    model = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    position = dy.String(primary_key=True)
    horizon = dy.Int32(primary_key=True, min=1, max=5)
    target_season = dy.Int32(primary_key=True, min=0, max=2110)
    value = dy.Float64()
    players = dy.Int64(min=1)
    first_season = dy.Int32(min=1999, max=2100)
    last_season = dy.Int32(min=1999, max=2100)
    model_version = dy.String()
    input_snapshot_id = dy.Int64(min=0)
