"""Contract of `data/analytics/backtest/latest.parquet` and `mrt_backtest`."""

import dataframely as dy


class BackTest(dy.Schema):
    """One row per model x measure x position x horizon x target season x snapshot_date.

    `target_season` 0 is the mean over all of them, weighted by players; `position` ALL is the
    whole league. `value` is in the measure's unit: mae and bias in points per game, total_mae in
    points per season, the others shares or correlations.
    """

    snapshot_date = dy.Date(primary_key=True, description="Date of the run.")
    model = dy.String(primary_key=True, description="Rung of the ladder of models.")
    measure = dy.String(
        primary_key=True,
        description="What value is: mae and bias in points per game, weekly_mae and weekly_bias in "
        "points of a week, total_mae in points per season, spearman, r2, wape, coverage, capture "
        "and the rest as shares or correlations.",
    )
    position = dy.String(
        primary_key=True, description="Position, or ALL for lists over the whole league."
    )
    horizon = dy.Int32(
        primary_key=True,
        min=0,
        max=5,
        description="Seasons from the one that the forecast was made after, 0 for its weeks.",
        metadata={"unit": "seasons"},
    )
    target_season = dy.Int32(
        primary_key=True,
        min=0,
        max=2110,
        description="Season that was forecast, 0 for the mean over all of them.",
        metadata={"unit": "year"},
    )
    value = dy.Float64(description="The measure, in the unit of the measure.")
    players = dy.Int64(min=1, description="Players it is over.", metadata={"unit": "players"})
    first_season = dy.Int32(
        min=1999, max=2100, description="First target season of the run.", metadata={"unit": "year"}
    )
    last_season = dy.Int32(
        min=1999, max=2100, description="Last target season of the run.", metadata={"unit": "year"}
    )
    model_version = dy.String(description="Version of the code that made the forecasts.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")
