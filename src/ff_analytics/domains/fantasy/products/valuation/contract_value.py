"""What a win costs: salary against wins above replacement."""

import polars as pl


def contract_season(contracts: pl.DataFrame, season: int) -> int | None:
    """The valued season if the league has contracts for it, else the next, else None.

    After a finished season the league holds next year's contracts; contracts of other years
    would set one year's price against another year's wins.
    """
    known = set(contracts["season"].to_list())
    return next((year for year in (season, season + 1) if year in known), None)


def add_contracts(players: pl.DataFrame, contracts: pl.DataFrame, season: int) -> pl.DataFrame:
    """Add franchise, salary (dollars) and contract_efficiency_dollar_per_war.

    `contracts`: player_id, franchise, season, salary of one league. Efficiency = salary /
    war; None for free agents, and for war <= 0, where a price per win means nothing.
    """
    year = contract_season(contracts, season)
    current = contracts.filter(pl.col("season") == year) if year else contracts.clear()
    efficiency = pl.when(pl.col("war") > 0).then(pl.col("salary") / pl.col("war"))
    return players.join(
        current.select("player_id", "franchise", "salary"),
        on="player_id",
        how="left",
        maintain_order="left",
    ).with_columns(contract_efficiency_dollar_per_war=efficiency)
