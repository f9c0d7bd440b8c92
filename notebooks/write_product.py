"""Write a product: from a mart to a contract and one pure function, then into the project."""

import marimo

app = marimo.App(width="medium", app_title="Write a product")


@app.cell
def _():
    import dataframely as dy
    import marimo as mo
    import polars as pl

    from ff_analytics.engine.read.reader import reader

    return dy, mo, pl, reader


@app.cell
def _(mo):
    mo.md(
        """
        # Write a product

        A product is an input, one pure function and a contract. This notebook works out the three
        for a new one, *steady scorers*: who scores his points evenly over the weeks?

        ## 1. The input

        A mart has one row per player, week and league. Read it at one snapshot.
        """
    )
    return


@app.cell
def _(reader):
    lake = reader()
    weeks = lake.ask(
        "SELECT league, player_id, season, week, fantasy_points "
        "FROM marts.mrt_fantasy_actuals_weekly WHERE season_type = 'REG'"
    )
    weeks.head(5)
    return (weeks,)


@app.cell
def _(mo):
    mo.md(
        """
        ## 2. The contract

        What the output promises: columns, types, ranges, key. The units of
        `docs/naming.md` end the names.
        """
    )
    return


@app.cell
def _(dy):
    class SteadyScorer(dy.Schema):
        """One row per player, season and league."""

        league = dy.String(primary_key=True)
        player_id = dy.String(primary_key=True)
        season = dy.Int32(primary_key=True, min=1999, max=2100)
        games = dy.Int64(min=4)
        points_per_game = dy.Float64()
        steady_share = dy.Float64(min=0, max=1)

    return (SteadyScorer,)


@app.cell
def _(mo):
    mo.md(
        """
        ## 3. The function

        Frames in, frame out: the same snapshot gives the same rows. A week is steady when it has at
        least half of the player's mean.
        """
    )
    return


@app.cell
def _(pl):
    def compute(weeks, games_at_least=4):
        mean = pl.col("fantasy_points").mean().over("league", "player_id", "season")
        return (
            weeks.with_columns(steady=pl.col("fantasy_points") >= mean / 2)
            .group_by("league", "player_id", "season")
            .agg(
                games=pl.len().cast(pl.Int64),
                points_per_game=pl.col("fantasy_points").mean().round(2),
                steady_share=pl.col("steady").mean().round(3),
            )
            .filter(pl.col("games") >= games_at_least)
        )

    return (compute,)


@app.cell
def _(SteadyScorer, compute, mo, weeks):
    # Bad rows are counted by rule, as the stage `compute` of a run does.
    steady, failures = SteadyScorer.filter(compute(weeks), cast=True)
    mo.stop(failures.counts(), mo.md(f"The contract is broken: {failures.counts()}"))
    mo.vstack(
        [
            mo.md(f"{steady.height:,} rows meet the contract."),
            steady.sort("steady_share", "points_per_game", descending=True).head(20),
        ]
    )
    return (steady,)


@app.cell
def _(mo):
    mo.md(
        """
        ## 4. Into the project

        ```
        ff new product steady-scorers
        ```

        writes a folder that runs at once, with a deployment, a dbt model and tests. Put the
        contract into its `contract.py`, the function into `compute` of its `product.py`, and the
        columns that you read into `inputs`; then `ff run steady-scorers`.
        """
    )
    return


if __name__ == "__main__":
    app.run()
