"""Weekly points beside the weekly rankings, as rows of the back-test."""

from collections.abc import Mapping

import polars as pl

from ff_analytics.domains.fantasy.projection.week.features import RANKINGS
from ff_analytics.domains.fantasy.projection.week.walk_forward import measure_by_season

# Models: ours, the ranking alone, and the mean of the last 16 games.
OURS, THEIRS, RECORD = "weekly", "weekly-rankings", "weekly-last-16"
# A week lies in the season that the forecast is made in.
HORIZON = 0


def weekly_rows(frames: Mapping[str, pl.DataFrame], first: int, last: int) -> pl.DataFrame:
    """model, measure, position, horizon, season, value, players of the weeks of these seasons.

    Measures are `weekly_mae` of each model and, of ours, `weekly_bias`, `weekly_coverage`,
    `weekly_share` and `weekly_t`. Without weekly rankings of a season
    before, there is nothing to stand beside and no row.
    """
    listed = sorted(frames[RANKINGS]["season"].unique().to_list())
    seasons = [season for season in listed[1:] if first <= season <= last]
    rows = []
    for cell, season in measure_by_season(frames, seasons):
        figures = {
            (OURS, "weekly_mae"): cell.ours,
            (THEIRS, "weekly_mae"): cell.rankings,
            (RECORD, "weekly_mae"): cell.record,
            (OURS, "weekly_bias"): cell.bias,
            (OURS, "weekly_coverage"): cell.coverage,
            (OURS, "weekly_share"): cell.share,
            (OURS, "weekly_t"): cell.t,
        }
        rows += [
            (model, measure, cell.position, HORIZON, season, value, cell.players)
            for (model, measure), value in figures.items()
        ]
    return pl.DataFrame(
        rows,
        schema={
            "model": pl.String,
            "measure": pl.String,
            "position": pl.String,
            "horizon": pl.Int32,
            "season": pl.Int32,
            "value": pl.Float64,
            "players": pl.Int64,
        },
        orient="row",
    )
