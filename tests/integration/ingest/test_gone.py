"""A statistic that is gone is refused; rows that lost their id delete nothing without a word."""

from collections.abc import Callable

import polars as pl
import pytest

from ff_analytics.engine.base.errors import ContractViolation, SourceError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.release_server import ReleaseServer
from tests.fakes.releases import old_layout, season_frame, write_season

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]
TOUCHDOWNS = "SELECT sum(receiving_tds), count(*) FROM raw_nflverse.player_week WHERE season = 2023"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop("receiving_tds"), "has no values for receiving_tds"),
        (lambda f: f.rename({"receiving_tds": "rec_tds"}), "receiving_tds may be rec_tds now"),
        (
            lambda f: f.with_columns(receiving_tds=pl.lit(None, pl.Int32)),
            r"stats_player_week_2023\.parquet has no values for receiving_tds",
        ),
    ],
    ids=["absent", "renamed", "wholly null"],
)
def test_a_statistic_that_is_gone_is_refused_and_the_rows_stay(
    ingest: Ingest,
    server: ReleaseServer,
    stored: Query,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    words: str,
) -> None:
    ingest()
    before = stored(TOUCHDOWNS)
    write_season(server.folder, 2023, change(season_frame(2023)))
    with pytest.raises(SourceError, match=words):
        ingest(2023)
    assert stored(TOUCHDOWNS) == before
    ingest(2023, force=True)
    assert stored(TOUCHDOWNS) == [(None, 60)]


def _scored(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(receiving_tds=pl.lit(1, pl.Int32))


@pytest.mark.parametrize("null_in_some", [False, True])
def test_a_statistic_that_became_zero_is_refused_like_a_missing_one(
    ingest: Ingest, server: ReleaseServer, stored: Query, *, null_in_some: bool
) -> None:
    write_season(server.folder, 2022, _scored(season_frame(2022)))
    write_season(server.folder, 2023, _scored(season_frame(2023)))
    ingest()
    before = stored(TOUCHDOWNS)
    every_other = pl.int_range(pl.len()) % 2 == 0
    zeros = pl.when(every_other).then(0) if null_in_some else pl.lit(0, pl.Int32)
    flat = season_frame(2023).with_columns(receiving_tds=zeros.cast(pl.Int32))
    write_season(server.folder, 2023, flat)
    with pytest.raises(SourceError, match="has only zeros for receiving_tds, which the stored"):
        ingest(2023)
    assert stored(TOUCHDOWNS) == before
    # A new season is held against the season before.
    write_season(server.folder, 2024, season_frame(2024).with_columns(receiving_tds=pl.lit(0)))
    with pytest.raises(SourceError, match="has only zeros for receiving_tds"):
        ingest(2024)
    ingest(2023, force=True)
    assert stored(TOUCHDOWNS) == [(0, 60)]


def test_zeros_of_a_rare_count_are_no_alarm(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    rare = pl.when(pl.int_range(pl.len()) < 6).then(1).otherwise(0).cast(pl.Int32)
    write_season(server.folder, 2023, season_frame(2023).with_columns(receiving_tds=rare))
    ingest(2023)
    none = season_frame(2023).with_columns(receiving_tds=pl.lit(0, pl.Int32))
    write_season(server.folder, 2023, none)
    ingest(2023)
    assert stored(TOUCHDOWNS) == [(0, 60)]


def test_a_new_season_is_held_against_the_season_before(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest(2022)
    write_season(server.folder, 2023, season_frame(2023).drop("receiving_tds"))
    with pytest.raises(SourceError, match="has no values for receiving_tds"):
        ingest(2023)
    assert stored(TOUCHDOWNS) == [(None, 0)]


def test_an_older_season_may_lack_what_came_later(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    later = season_frame(2023).with_columns(def_sacks=pl.lit(1.0))
    write_season(server.folder, 2023, later)
    ingest(2023)
    write_season(server.folder, 2022, old_layout(season_frame(2022)))
    assert ingest(2022).total("rows_new") == 60
    write_season(server.folder, 2021, season_frame(2021).drop("receiving_tds"))
    with pytest.raises(SourceError, match="receiving_tds"):
        ingest(2021)


def test_a_column_that_may_vanish_is_no_alarm(ingest: Ingest, server: ReleaseServer) -> None:
    write_season(server.folder, 2023, season_frame(2023).with_columns(passing_epa=pl.lit(0.5)))
    ingest(2023)
    write_season(server.folder, 2023, season_frame(2023))
    assert ingest(2023).total("rows_updated") == 60


def test_players_that_lost_their_birth_dates_are_refused(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest()
    file = server.folder / "players" / "players.parquet"
    players = pl.read_parquet(file).with_columns(birth_date=pl.lit(None, pl.String))
    players.write_parquet(file)
    with pytest.raises(SourceError, match=r"players.*no values for birth_date"):
        ingest()
    assert stored("SELECT count(birth_date) FROM raw_nflverse.players") == [(20,)]


def without_id(rows: list[int]) -> pl.DataFrame:
    hit = pl.int_range(pl.len()).is_in(rows)
    return season_frame(2023).with_columns(player_id=pl.when(~hit).then("player_id"))


def test_rows_without_an_id_delete_nothing(
    ingest: Ingest, server: ReleaseServer, stored: Query
) -> None:
    ingest()
    write_season(server.folder, 2023, without_id([0, 1]))
    summary = ingest(2023)
    assert summary.total("rows_deleted") == 0
    assert any("has 2 rows without player_id; they were kept" in w for w in summary.warnings)
    write_season(server.folder, 2023, without_id(list(range(12))))
    with pytest.raises(ContractViolation, match=r"12 of 60 rows have no player_id.*12 stored rows"):
        ingest(2023)
    assert stored(TOUCHDOWNS)[0][1] == 60
    assert ingest(2023, force=True).total("rows_deleted") == 12


def test_every_source_declares_what_may_vanish_by_names_of_its_contract() -> None:
    from ff_analytics.engine.ingest.tables import registered

    for dataset in registered().values():
        known = set(dataset.contract.create_empty().columns)
        assert {*dataset.may_vanish, *dataset.always} <= known, dataset.name
        assert {dataset.title, dataset.weight} - {None} <= known, dataset.name
        assert dataset.counted <= known - {*dataset.keys}, dataset.name


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("raw_nflverse.player_week", "receiving_tds"),
        ("raw_league.contracts", "salary"),
        ("raw_meta_ads.insights", "spend"),
        ("raw_shopify.orders", "total_price"),
    ],
)
def test_contracts_declare_what_is_never_zero_throughout(table: str, column: str) -> None:
    from ff_analytics.engine.ingest.tables import registered

    assert column in registered()[table].counted


def test_the_sample_is_held_to_the_same_rule(lake_settings: object) -> None:
    from ff_analytics.engine.base.settings import get_settings

    run_ingest("sample", {})
    file = get_settings().sample_dir / "league" / "contracts.csv"
    frame = pl.read_csv(file)
    frame.with_columns(contract_type=pl.lit(None)).write_csv(file)
    with pytest.raises(SourceError, match=r"contracts.*no values for contract_type"):
        run_ingest("sample", {})
