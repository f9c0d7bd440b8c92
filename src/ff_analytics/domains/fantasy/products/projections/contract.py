"""Contract of `data/analytics/multi_year_projections/latest.parquet` and its mart."""

import dataframely as dy
import polars as pl


def _share(description: str) -> dy.Float64:
    return dy.Float64(min=0, max=1, description=description, metadata={"unit": "share of 1"})


class MultiYearProjection(dy.Schema):
    """One row per player x projection season x league x snapshot_date; league's fantasy points.

    `points_per_game` is the mean of a game played, p10 to p90 the range of that season's mean
    given that he plays. `games_share` is the expected share of the season's games, those who
    vanish counted as 0; `survival` the chance of at least one game. `total_points` is
    points_per_game x games_share x the games of a season. `data_share` says how much of the
    forecast is the player's own record; the rest is the prior of his position or draft slot.
    """

    league = dy.String(primary_key=True, description="League profile whose scoring was used.")
    snapshot_date = dy.Date(
        primary_key=True, description="Date of the run in the league's timezone."
    )
    player_id = dy.String(primary_key=True, description="Player, or DST-<team> for a team defence.")
    projection_season = dy.Int32(
        primary_key=True,
        min=2000,
        max=2110,
        description="Season that is projected.",
        metadata={"unit": "year"},
    )
    player_name = dy.String(description="Name as displayed.")
    position = dy.String(
        description="Position played most in the base season, or the one drafted at."
    )
    team = dy.String(nullable=True, description="Last NFL team, null without one.")
    age = dy.Float64(
        nullable=True,
        min=15,
        max=60,
        description="Age on 1 September of the projected season; null without a birth date.",
        metadata={"unit": "years"},
    )
    base_season = dy.Int32(
        min=1999, max=2100, description="Last season that is known.", metadata={"unit": "year"}
    )
    horizon = dy.Int32(
        min=1,
        max=5,
        description="Seasons from the base season, 1 to 5.",
        metadata={"unit": "seasons"},
    )
    games_share = _share(
        "Expected share of the season's games; players who leave the league count as 0."
    )
    survival = _share("Chance of at least one game in that season.")
    points_per_game = dy.Float64(
        description="Expected fantasy points of a game played.",
        metadata={"unit": "points per game"},
    )
    points_per_game_p10 = dy.Float64(
        description="Fantasy points per game that the season's mean stays below one time in ten.",
        metadata={"unit": "points per game"},
    )
    points_per_game_p50 = dy.Float64(
        description="Median of the season's mean.", metadata={"unit": "points per game"}
    )
    points_per_game_p90 = dy.Float64(
        description="Fantasy points per game that the season's mean exceeds one time in ten.",
        metadata={"unit": "points per game"},
    )
    total_points = dy.Float64(
        description="Fantasy points over the season, points_per_game x games_share x games.",
        metadata={"unit": "points"},
    )
    age_factor = dy.Float64(
        min=0,
        description="Points per game over those of the same record at 26; 1 = age changes nothing.",
        metadata={"unit": "factor"},
    )
    opportunity_factor = dy.Float64(
        min=0,
        description="Points per game over those without the trend of the last five games, 0.8 to "
        "1.2.",
        metadata={"unit": "factor"},
    )
    evidence = dy.String(
        description="What it rests on: history, thin history, absent (no game in the base "
        "season), draft slot."
    )
    data_share = _share(
        "Share of the player's own record in the regressed mean; the rest is the prior."
    )
    model = dy.String(description="Rung of the ladder of models.")
    model_version = dy.String(description="Version of the code that computed the row.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")

    @dy.rule()
    def quantiles_are_ordered(cls) -> pl.Expr:
        low, middle, high = (pl.col(f"points_per_game_{q}") for q in ("p10", "p50", "p90"))
        return (low <= middle) & (middle <= high)

    @dy.rule()
    def horizon_counts_from_the_base_season(cls) -> pl.Expr:
        return pl.col("projection_season") == pl.col("base_season") + pl.col("horizon")

    @dy.rule()
    def who_plays_has_survived(cls) -> pl.Expr:
        return pl.col("games_share") <= pl.col("survival")
