"""The fantasy league: everybody within the cap, on the books, and a market with gaps."""

from pathlib import Path

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.domains.fantasy.sources.sample.generator.names import FRANCHISES

from .conftest import League


def test_nobody_is_over_the_cap(league: League) -> None:
    spent = league.contracts.group_by("franchise", "season").agg(pl.col("salary").sum())
    assert spent["salary"].max() <= 250
    now = spent.filter(pl.col("season") == 2025)
    assert set(now["franchise"]) == set(FRANCHISES)
    assert now["salary"].min() > 150


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cap_holds_for_other_seeds(tmp_path: Path, seed: int) -> None:
    write_league(tmp_path, seed=seed, seasons=[2025])
    contracts = pl.read_csv(tmp_path / "league/contracts.csv")
    spent = contracts.group_by("franchise", "season").agg(pl.col("salary").sum())
    assert spent["salary"].max() <= 250


def test_contracts_are_whole_dollars_for_one_to_five_years(league: League) -> None:
    assert league.contracts.schema["salary"] == pl.Int64
    assert league.contracts["salary"].min() >= 1
    deals = league.contracts.group_by("player_id").agg(
        years=pl.len(), first=pl.col("season").min(), last=pl.col("season").max()
    )
    assert deals.filter(pl.col("last") - pl.col("first") + 1 != pl.col("years")).is_empty()
    assert deals["first"].unique().to_list() == [2025]
    assert set(deals["years"]) == {1, 2, 3, 4, 5}
    rookies = league.contracts.filter(pl.col("contract_type") == "rookie")
    assert rookies["season"].max() == 2027
    assert rookies["salary"].max() <= 6


def test_everybody_rostered_has_a_contract_and_one_franchise(league: League) -> None:
    assert league.rosters["player_id"].is_unique().all()
    assert set(league.rosters["player_id"]) == set(league.contracts["player_id"])
    pairs = league.contracts.select("player_id", "franchise").unique()
    same = league.rosters.join(pairs, on=["player_id", "franchise"])
    assert same.height == league.rosters.height == pairs.height
    assert set(league.rosters["slot"]) == {"active", "taxi", "ir"}
    sizes = league.rosters.group_by("franchise").len()["len"]
    assert 25 <= sizes.min() <= sizes.max() <= 33


def test_good_free_agents_are_left(league: League, seasons: pl.DataFrame) -> None:
    free = seasons.filter(pl.col("season") == 2025).join(league.rosters, on="player_id", how="anti")
    assert free.filter(pl.col("position") != "K", pl.col("points") > 100).height >= 10
    assert league.rosters.height < 400


def test_market_is_a_noisy_view_of_worth(league: League, seasons: pl.DataFrame) -> None:
    assert league.market["value"].is_between(0, 10_000).all()
    assert league.market.select("format", "player_id").is_duplicated().sum() == 0
    one = league.market.filter(pl.col("format") == "1qb").join(
        seasons.filter(pl.col("season") == 2025, pl.col("games") >= 8), on="player_id"
    )
    agreement = one.select(pl.corr("value", "ppg", method="spearman")).item()
    assert 0.5 < agreement < 0.95


def test_superflex_pays_more_for_passers(league: League) -> None:
    passers = league.players.filter(pl.col("position") == "QB")["gsis_id"].to_list()
    top = league.market.filter(pl.col("value") > 3000, pl.col("player_id").is_in(passers))
    counts = dict(top.group_by("format").len().iter_rows())
    assert counts["superflex"] >= 2 * counts["1qb"]


def test_market_and_players_do_not_match_completely(league: League) -> None:
    listed = set(league.market["player_id"])
    assert 1 <= len(listed - set(league.players["gsis_id"])) <= 10
    offence = league.players.filter(
        pl.col("status") == "ACT", pl.col("position").is_in(["QB", "RB", "WR", "TE"])
    )
    unlisted = set(offence["gsis_id"]) - listed
    assert 3 <= len(unlisted) <= 0.1 * offence.height
